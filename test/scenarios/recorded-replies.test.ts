/** Replies of models that traded six coins for two weeks elsewhere, played through our own strategy, rules and books. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { type RecordedRun, readRecordedRuns } from '../../src/app/recorded-run.js';
import { equityFromFlows, equityUsd } from '../../src/core/domain/account.js';
import { type MarketTable, firstIndexAtOrAfter } from '../../src/core/domain/market-table.js';
import { sliceMarket } from '../../src/core/domain/slice-market.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import type { Session } from '../../src/core/session/session.js';
import { parseReply } from '../../src/core/strategies/llm/parse-reply.js';
import type { TraderMemory } from '../../src/core/strategies/llm/trader-memory.js';
import { perpetual } from '../support/made-market.js';
import { type PlayedModel, modelSession, playModelSession } from '../support/play-model-session.js';
import { describeShared, hasShared, readSharedJson, sharedPath } from '../support/shared-files.js';

const BAR_MS = 4 * HOUR_MS;
const SYMBOLS = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE'].map((coin) => `${coin}-USDT`);

/** The six coins as perpetuals on spot candles, with the weeks before that indicators read. */
function market(): MarketTable {
  const folder = sharedPath('data/crypto/binance');
  const { table } = loadRecordedMarket({ folder, timeframe: '4h', symbols: SYMBOLS });
  const from = firstIndexAtOrAfter(table, Date.UTC(2025, 8, 1));
  const instruments = SYMBOLS.map((symbol) =>
    perpetual(symbol, { marginTiers: [{ upToNotionalUsd: 1e9, maintenanceFraction: 0.005 }] }),
  );
  return { ...sliceMarket(table, from, firstIndexAtOrAfter(table, Date.UTC(2025, 10, 2))), instruments };
}

function playRun(run: RecordedRun, table: MarketTable): { session: Session; played: PlayedModel } {
  const session = modelSession(table);
  const closes = [...run.answers.keys()];
  const first = firstIndexAtOrAfter(table, Math.min(...closes) - BAR_MS);
  const last = firstIndexAtOrAfter(table, Math.max(...closes) - BAR_MS);
  const script = (t: number): string | undefined => run.answers.get((table.openTimesMs[t] ?? NaN) + BAR_MS);
  // One bar more, at whose open the last orders fill.
  return { session, played: playModelSession(session, (_question, t) => script(t), first, last + 2) };
}

const accountsSchema = z.object({ runs: z.array(z.object({ run: z.string(), total_trades: z.int() })) });

describeShared('vectors/llm_responses.json.gz', 'recorded replies', (golden) => {
  if (!hasShared('data/crypto/binance') || !hasShared('vectors/recorded_runs_accounts.json')) return;
  const table = market();
  const { runs: accounts } = accountsSchema.parse(readSharedJson('vectors/recorded_runs_accounts.json'));
  const runs = readRecordedRuns(golden, 'llm_responses.json.gz', '4h').filter(
    ({ answers }) => answers.size > 80,
  );

  it('are ten runs', () => {
    expect(runs.map(({ run }) => run).sort()).toEqual(accounts.map(({ run }) => run).sort());
  });

  it.each(runs.map((run) => [run.run, run] as const))(
    'of %s trade as they traded there, but for what our exits inside the bar change',
    (name, run) => {
      const { session, played } = playRun(run, table);
      const faults = played.decisions.slice(0, -1).filter(({ step }) => step.fault !== undefined);
      const unusable = [...run.answers.values()].filter((text) => parseReply(text).kind === 'unusable');
      const asked = played.decisions.length - 1;
      expect(faults.length, 'nothing is lost but what cannot be read or is missing').toBe(
        unusable.length + asked - run.answers.size,
      );
      const recorded = accounts.find((account) => account.run === name)?.total_trades ?? NaN;
      expect(Math.abs(played.fills.length - recorded)).toBeLessThanOrEqual(4);
      expect(played.decisions.flatMap(({ refused }) => refused)).toEqual([]);
      const refusals = played.decisions.flatMap(({ step }) => (step.memory as TraderMemory).refused);
      expect(
        refusals.filter(({ kind }) => kind !== 'not-held'),
        'no signal breaks a rule; closes of what a stop had closed already find nothing',
      ).toEqual([]);
      expect(equityFromFlows(session.account)).toBeCloseTo(equityUsd(session.account), 6);
      for (const { questions } of played.decisions)
        for (const { system, user } of questions) expect(system.length + user.length).toBeLessThan(16_000);
    },
  );
});
