import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCliBeside } from '../support/run-cli-beside.js';
import { whyNoRedis } from '../support/redis-server.js';

const soakSchema = z.object({
  jobs: z.number(),
  lost: z.number(),
  doubled: z.number(),
  different: z.number(),
  failed: z.number(),
  kills: z.number(),
  pauses: z.number(),
  restarts: z.number(),
  flushes: z.number(),
});

describe.skipIf(whyNoRedis() !== undefined)('soak workers', () => {
  it('loses, doubles and changes nothing while workers are killed and Redis is disturbed', async () => {
    const { code, stdout } = await runCliBeside(
      ['soak', 'workers', '--seconds', '10', '--seed', '7', '--json'],
      {},
    );
    const counts = soakSchema.parse(JSON.parse(stdout));
    expect(counts).toMatchObject({ lost: 0, doubled: 0, different: 0, failed: 0 });
    expect(counts.jobs).toBeGreaterThan(0);
    const { kills, pauses, restarts, flushes } = counts;
    expect(Math.min(kills, pauses + restarts + flushes), 'it was disturbed').toBeGreaterThan(0);
    expect(code).toBe(0);
  });
});
