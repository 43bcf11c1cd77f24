/**
 * Figures of a process in the text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  /** What cannot be measured is undefined, and is not told. */
  readonly value: number | undefined;
}

interface PlainFamily {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface HistogramFamily {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending, and how many were observed up to each; what is above all of them is in `count` alone. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

export type MetricFamily = PlainFamily | HistogramFamily;

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Families without a single value are left out. */
export function metricsText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('');
}

function familyText(family: MetricFamily): string {
  const lines = family.type === 'histogram' ? histogramLines(family) : plainLines(family);
  if (lines.length === 0) return '';
  const { name, type } = family;
  return `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

function plainLines({ name, samples }: PlainFamily): string[] {
  return samples.flatMap(({ labels = {}, value }) =>
    value === undefined || !Number.isFinite(value) ? [] : [`${name}${labelText(labels)} ${String(value)}`],
  );
}

function histogramLines({ name, buckets, sum, count }: HistogramFamily): string[] {
  return [
    ...buckets.map(({ upTo, count: c }) => `${name}_bucket${labelText({ le: String(upTo) })} ${String(c)}`),
    `${name}_bucket${labelText({ le: '+Inf' })} ${String(count)}`,
    `${name}_sum ${String(sum)}`,
    `${name}_count ${String(count)}`,
  ];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
