import type { MetricFamily } from '../reporting/metrics-text.js';

const STARTED_SECONDS = (Date.now() - performance.now()) / 1000;

/** What every process shows, under the names that Prometheus' own clients use. */
export function processMetrics(ageSeconds: number | undefined, lostLogLines: number): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge('heartbeat_age_seconds', 'Since the process last wrote its heartbeat.', ageSeconds),
    counter('log_lines_lost_total', 'Lines that could not be written into the log.', lostLogLines),
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss()),
    counter('process_cpu_seconds_total', 'CPU time spent in seconds.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'Start of the process since the Unix epoch.', STARTED_SECONDS),
  ];
}

function gauge(name: string, help: string, value: number | undefined): MetricFamily {
  return { type: 'gauge', name, help, samples: [{ value }] };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { type: 'counter', name, help, samples: [{ value }] };
}
