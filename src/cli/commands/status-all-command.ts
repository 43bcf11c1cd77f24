import { type SystemStatus, statusText } from '../../reporting/status-text.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { readStatus } from '../read-status.js';
import { rest } from '../rest.js';
import { listenForStop } from '../stop-signal.js';

const EVERY_MS = 1000;
/** To the corner, and everything below it away. */
const CLEAR = '\u001B[H\u001B[2J';

/** `status`: 0 all three run and are fine, 1 something is not, 5 nothing runs. */
export async function statusAllCommand(flags: PaperFlags & { readonly watch?: boolean }): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const show = (status: SystemStatus): void => {
    output.answer(status);
    if (!output.json) output.say(statusText(status));
  };
  let status = readStatus(values, Date.now());
  if (flags.watch !== true) {
    show(status);
    return exitCodeFor(status);
  }
  const stop = listenForStop(() => undefined);
  const screen = process.stdout.isTTY && !output.json;
  let shown = '';
  try {
    while (!stop.requested()) {
      status = readStatus(values, Date.now());
      const essence = withoutAges(status);
      if (screen) process.stdout.write(CLEAR);
      if (screen || essence !== shown) show(status);
      shown = essence;
      await rest(EVERY_MS, () => stop.requested());
    }
  } finally {
    stop.dispose();
  }
  return exitCodeFor(status);
}

/** What counts as a change where nothing can be redrawn: an age grows every second. */
function withoutAges(status: SystemStatus): string {
  return JSON.stringify({
    ...status,
    processes: status.processes.map((process) => ({ ...process, heartbeatAgeSeconds: null })),
  });
}

function exitCodeFor({ processes, troubles }: SystemStatus): number {
  if (processes.every(({ state }) => state === 'not running')) return EXIT.notRunning;
  return troubles.length === 0 ? EXIT.fine : EXIT.degraded;
}
