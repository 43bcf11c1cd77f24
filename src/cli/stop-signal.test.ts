import { expect, it } from 'vitest';
import { until } from '../../test/support/until.js';
import { listenForStop } from './stop-signal.js';

it('a stop that is over at once is not ended by the other half of its signal', async () => {
  const before = process.listenerCount('SIGINT');
  const said: string[] = [];
  const stop = listenForStop((text) => said.push(text));
  process.emit('SIGINT', 'SIGINT');
  stop.dispose();
  expect(process.listenerCount('SIGINT'), 'still heard, so that it does not kill').toBe(before + 1);
  process.emit('SIGINT', 'SIGINT');
  expect(said).toHaveLength(1);
  expect(stop.signal.aborted).toBe(true);
  await until('nobody listens any more', () => process.listenerCount('SIGINT') === before);
});

it('without a signal nobody listens after the end', () => {
  const before = process.listenerCount('SIGINT');
  listenForStop(() => undefined).dispose();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
