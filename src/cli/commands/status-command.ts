import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { timeframeMs } from '../../core/domain/time.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { readBoard, reviewOf } from '../read-arena-files.js';
import { readHeartbeat } from '../read-heartbeat.js';
import { inboxOf, journalOf, marketSource, probeLock } from '../wire.js';
import { newestRound } from '../../app/round-at.js';

/** `arena status`: reads only. 0 running and healthy, 1 running with faults or a torn heartbeat, 5 not running, 3 damaged. */
export function statusCommand(flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  const store = journalOf(folder, true);
  try {
    const commit = store.lastCommit();
    const last = newestRound(store);
    const settingsOf = store.meta('settings');
    const settings = settingsOf === undefined ? undefined : parseSettings(settingsOf, folder);
    const { locked, holder } = probeLock(folder);
    const found = readHeartbeat(folder);
    const isTorn = found === 'torn';
    const heartbeat = isTorn ? undefined : found;
    const waiting = inboxOf(folder).read();
    const contestants = store.contestants();
    const barMs = settings === undefined ? 0 : timeframeMs(settings.market.timeframe);
    const lastClose = last === undefined ? undefined : new Date(last.barMs + barMs).toISOString();
    const faulty = heartbeat?.faultyContestants ?? 0;
    const running = locked;
    const review = reviewOf(readBoard(folder));
    const status = {
      running,
      pid: running ? (holder?.pid ?? null) : null,
      market: settings === undefined ? null : marketSource(settings.market).label,
      rounds: commit?.seq ?? 0,
      lastBarClosedAt: lastClose ?? null,
      heartbeatAgeSeconds:
        heartbeat === undefined ? null : Math.round((Date.now() - Date.parse(heartbeat.writtenAt)) / 1000),
      contestants: contestants.length,
      faultyContestants: faulty,
      requestsWaiting: waiting.messages.length,
      waitingFor: running ? (heartbeat?.waitingFor ?? null) : null,
      candidate: null,
      review: review ?? null,
      lastHash: commit?.hash ?? null,
    };
    output.answer(status);
    if (!output.json) {
      output.say(
        `arena        ${running ? `RUNNING (pid ${String(status.pid ?? 'unknown')})` : 'not running'}`,
      );
      output.say(`market       ${status.market ?? 'n/a'}`);
      output.say(`rounds       ${String(status.rounds)}, last bar closed ${status.lastBarClosedAt ?? 'n/a'}`);
      output.say(
        `heartbeat    ${status.heartbeatAgeSeconds === null ? (isTorn ? 'torn' : 'none') : `${String(status.heartbeatAgeSeconds)} s ago`}`,
      );
      output.say(`contestants  ${String(status.contestants)} registered, ${String(faulty)} faulty`);
      output.say(`inbox        ${String(status.requestsWaiting)} requests waiting`);
      if (status.waitingFor !== null) output.say(`!            ${status.waitingFor}`);
      if (review !== undefined) output.say(`!            ${review}`);
      output.say(`state        ${folder}`);
      if (!running) output.say('to go on: npm run arena');
    }
    return running ? (faulty > 0 || isTorn ? EXIT.degraded : EXIT.fine) : EXIT.notRunning;
  } finally {
    store.close();
  }
}
