import type { Champion } from '../core/deployment/champion.js';
import type { CostModel } from '../core/domain/costs.js';
import { createLedgerBuffer, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { type MarketTable, slotHasBar } from '../core/domain/market-table.js';
import { DAY_MS, timeframeMs } from '../core/domain/time.js';
import type { RiskLimits } from '../core/risk/limits.js';
import { createMarketViews } from '../core/indicators/market-views.js';
import type { DecisionRecord } from '../core/session/decide.js';
import { NOBODY_ANSWERS, askSession, decideAnswered } from '../core/session/model-decision.js';
import { runSession } from '../core/kernel/run-session.js';
import { advanceSession, openSession } from '../core/session/session.js';
import type { SessionPlan } from '../core/session/session-plan.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { kindOf } from './open-paper.js';

/** How much of the recent past it must live through. */
const VALIDATION_DAYS = 30;
/** More refused intents than fills says that it asks for what it may not have. */
const MOST_REFUSALS_PER_FILL = 10;

export interface ValidationMarket {
  readonly table: MarketTable;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  readonly cashUsd: number;
}

/** Why a champion must not trade: it fails, is liquidated, or is refused most of what it asks for. */
export function validateChampion(
  champion: Champion,
  market: ValidationMarket,
  kinds: Kinds,
  hash: (text: string) => string,
): string | undefined {
  const { table, costs, limits, cashUsd } = market;
  const { manifest } = champion;
  const kind = kindOf(champion, kinds);
  const bars = Math.ceil((VALIDATION_DAYS * DAY_MS) / timeframeMs(table.timeframe));
  const first = Math.max(0, table.length - bars);
  const plan: SessionPlan = {
    position: 0,
    kind,
    params: manifest.params,
    seed: manifest.seed,
    symbols: manifest.symbols,
    timeframe: manifest.timeframe,
    cashUsd,
    costs,
    limits,
    ...(manifest.breakers === undefined ? {} : { breakers: manifest.breakers }),
  };
  if (kind.questions !== undefined) return whyItCannotAsk(plan, table, first, hash);
  const run = runSession(plan, table, first);
  const { fault, account } = run.session;
  if (fault !== '') return `it fails: ${fault}`;
  if (run.equity.length === 0) return 'there are no recent bars to try it on';
  for (let i = 0; i < ledgerCount(run.ledger); i++)
    if (readLedgerEntry(run.ledger, i).reason === 'liquidation')
      return `it was liquidated within the last ${String(VALIDATION_DAYS)} days`;
  if (run.refusals > MOST_REFUSALS_PER_FILL * Math.max(1, account.fills))
    return `${String(run.refusals)} intents were refused and ${String(account.fills)} filled in the last ${String(VALIDATION_DAYS)} days`;
  return undefined;
}

/**
 * Who asks language models cannot be tried on the past without paying for it: what is tried is that it opens, and that
 * it can put its questions at every bar. That nobody answers is no fault of its own here.
 */
function whyItCannotAsk(
  plan: SessionPlan,
  table: MarketTable,
  first: number,
  hash: (text: string) => string,
): string | undefined {
  const session = openSession(plan, createMarketViews(table), createLedgerBuffer());
  let bars = 0;
  for (let t = first; t < table.length; t++) {
    if (!slotHasBar(table, t)) continue;
    bars++;
    advanceSession(session, t);
    const pending = askSession(session, t, hash);
    if (pending === undefined) continue;
    if (pending.fault !== '') return `it cannot ask: ${pending.fault}`;
    const unused: DecisionRecord[] = [];
    decideAnswered(pending, NOBODY_ANSWERS, unused, hash);
  }
  return bars === 0 ? 'there are no recent bars to try it on' : undefined;
}
