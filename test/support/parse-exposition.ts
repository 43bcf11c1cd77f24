/**
 * A strict reader of Prometheus' text format 0.0.4, written from its description and knowing nothing of the writer:
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Throws at the first thing that the description does not allow.
 */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExposedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const VALUE = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;

export function parseExposition(text: string): ReadonlyMap<string, ExposedFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, ExposedFamily & { samples: ExposedSample[] }>();
  let help: { name: string; text: string } | undefined;
  let current: (ExposedFamily & { samples: ExposedSample[] }) | undefined;
  const series = new Set<string>();
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('# HELP ')) {
      const [, name = '', words = ''] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
      if (!NAME.test(name)) throw new Error(`no name of a metric: ${line}`);
      help = { name, text: unescape(words, false) };
    } else if (line.startsWith('# TYPE ')) {
      const [, name = '', type = ''] =
        /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
      if (name === '' || help?.name !== name) throw new Error(`a type without its help before it: ${line}`);
      if (families.has(name)) throw new Error(`${name} comes twice`);
      current = { name, type, help: help.text, samples: [] };
      families.set(name, current);
    } else {
      const sample = parseSample(line);
      if (current === undefined || !belongs(sample.name, current))
        throw new Error(`a line without its type: ${line}`);
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (series.has(key)) throw new Error(`a series comes twice: ${line}`);
      series.add(key);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) {
    if (family.samples.length === 0) throw new Error(`${family.name} has no value`);
    if (family.type === 'histogram') checkHistogram(family);
    if (family.type === 'counter' && family.samples.some(({ value }) => value < 0))
      throw new Error(`${family.name} counts below zero`);
  }
  return families;
}

function belongs(name: string, { name: family, type }: ExposedFamily): boolean {
  return type === 'histogram'
    ? ['_bucket', '_sum', '_count'].some((end) => name === family + end)
    : name === family;
}

function checkHistogram({ name, samples }: ExposedFamily): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  if (!samples.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count)
    throw new Error(`${name}: the last bucket is not the count`);
  for (let i = 1; i < buckets.length; i++)
    if (
      (bounds[i] ?? NaN) <= (bounds[i - 1] ?? NaN) ||
      (buckets[i]?.value ?? NaN) < (buckets[i - 1]?.value ?? NaN)
    )
      throw new Error(`${name}: bucket ${String(i)} is below the one before`);
}

function parseSample(line: string): ExposedSample {
  const name = /^[^{ ]+/.exec(line)?.[0] ?? '';
  if (!NAME.test(name)) throw new Error(`no name of a metric: ${line}`);
  const labels: Record<string, string> = {};
  let rest = line.slice(name.length);
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!rest.startsWith('}')) {
      const pair = /^([^=]*)="((?:[^"\\\n]|\\["\\n])*)"(,(?=[^}])|(?=\}))/.exec(rest);
      const [whole = '', label = '', value = ''] = pair ?? [];
      if (pair === null || !LABEL.test(label) || label in labels) throw new Error(`no label: ${line}`);
      labels[label] = unescape(value, true);
      rest = rest.slice(whole.length);
    }
    rest = rest.slice(1);
  }
  const value = rest.startsWith(' ') ? rest.slice(1) : '';
  if (!VALUE.test(value)) throw new Error(`no value: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

function unescape(text: string, withQuotes: boolean): string {
  return text.replace(/\\(.)/g, (_, mark: string) => {
    if (mark === 'n') return '\n';
    if (mark === '\\' || (withQuotes && mark === '"')) return mark;
    throw new Error(`no such escape: \\${mark}`);
  });
}
