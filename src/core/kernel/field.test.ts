import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS, arbitraryBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { SMALL_RULES } from '../../../test/support/small-rules.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { createLedgerBuffer, ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import { type MarketTable, playedSlots } from '../domain/market-table.js';
import { spotInstrument } from '../domain/instrument.js';
import { HOUR_MS } from '../domain/time.js';
import { createMarketViews } from '../indicators/market-views.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession, openSession } from '../session/session.js';
import { writeSession } from '../session/session-codec.js';
import type { SessionPlan } from '../session/session-plan.js';
import { createKinds } from '../strategies/catalog.js';
import { whyGeneral } from './fast-path.js';
import { addLane, beginBlock, landLane, openField, playLane, takeState } from './field.js';

const BARS = 80;

const instruments = fc.constantFrom(
  (symbol: string) => perpetual(symbol),
  (symbol: string) =>
    perpetual(symbol, {
      lotSize: 0.01,
      minNotionalUsd: 25,
      marginTiers: [
        { upToNotionalUsd: 8_000, maintenanceFraction: 0.01 },
        { upToNotionalUsd: 1e12, maintenanceFraction: 0.05 },
      ],
    }),
  (symbol: string) => perpetual(symbol, { maxLeverage: 3, tickSize: 0.05 }),
  (symbol: string) => perpetual(symbol, { maxLeverage: 20, tickSize: 1 }),
  (symbol: string) => perpetual(symbol, { maxLeverage: 3 }),
  (symbol: string) => spotInstrument(symbol, { lotSize: 3, minNotionalUsd: 200 }),
  (symbol: string) => spotInstrument(symbol, { tickSize: 0.01 }),
);

const markets = fc
  .record({
    bars: fc.array(arbitraryBars(BARS), { minLength: 1, maxLength: 3 }),
    instrument: instruments,
    funded: fc.boolean(),
    /** Slots in which nobody has a bar. */
    silent: fc.array(fc.integer({ min: 0, max: BARS - 1 }), { maxLength: 4 }),
  })
  .map(({ bars, instrument, funded, silent }): MarketTable => {
    const heard = bars.map((column) => column.map((bar, t) => (silent.includes(t) ? undefined : bar)));
    const times = Float64Array.from({ length: 11 }, (_, i) => START_MS + i * 8 * HOUR_MS);
    return marketOf(heard, {
      instruments: heard.map((_, s) => instrument(String.fromCharCode(65 + s))),
      funding: heard.map((_, s) =>
        funded && s === 0
          ? { timesMs: times, rates: times.map((_t, i) => (i % 3) * 4e-4 - 4e-4) }
          : undefined,
      ),
    });
  });

const sizings = fc.record(
  {
    side: fc.constantFrom('long', 'short', 'both'),
    stop: fc.constantFrom(0.02, 0.05, 0.2),
    target: fc.constantFrom(0.03, 0.1),
    maxHoldBars: fc.integer({ min: 1, max: 12 }),
    exposure: fc.constantFrom(0.1, 0.5, 1, 2.5, 15, 18, 20),
    quantity: fc.constantFrom(0.5, 7, 300),
  },
  { requiredKeys: ['side'] },
);
const limits = fc
  .record({
    names: fc.constantFrom(1, 2, 50),
    exposure: fc.constantFrom(0.4, 1, 30, 40, 50),
    order: fc.constantFrom(900, 1e9),
  })
  .map(({ names, exposure, order }) => ({
    ...DEFAULT_LIMITS,
    maxOpenNames: names,
    maxSymbolExposureFraction: exposure,
    maxGrossExposureFraction: exposure,
    maxOrderValueUsd: order,
  }));
const costs = fc.constantFrom(
  { takerFeeBps: 5, makerFeeBps: 2, halfSpreadBps: 2, slippageBps: 0, impactBps: 10 },
  { takerFeeBps: 0, makerFeeBps: 0, halfSpreadBps: 0, slippageBps: 0, impactBps: 0 },
  { takerFeeBps: 40, makerFeeBps: 0, halfSpreadBps: 25, slippageBps: 7, impactBps: 900 },
);
const cases = fc.record({
  market: markets,
  sizing: sizings,
  limits,
  costs,
  first: fc.integer({ min: 0, max: 20 }),
  blocks: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 4, maxLength: 20 }),
  cashUsd: fc.constantFrom(10_000, 60),
});

interface Row {
  readonly slot: number;
  readonly equity: number;
  readonly exposure: number;
}

/** Everything that playing leaves behind: marks, ledger, decisions by slot, state. */
interface Trace {
  readonly rows: readonly Row[];
  readonly ledger: readonly number[];
  readonly decisions: readonly (readonly [number, string])[];
  /** After every block. */
  readonly states: readonly string[];
}

function stateOf(session: Session): string {
  const out = createByteWriter();
  writeSession(session, out);
  return Buffer.from(out.finish()).toString('hex');
}

/** Slots of every block. */
function blocksOf(market: MarketTable, first: number, sizes: readonly number[]): Int32Array[] {
  const blocks: Int32Array[] = [];
  for (let t = first, k = 0; ; k++) {
    const slots = new Int32Array(sizes[k % sizes.length] ?? 1);
    const count = playedSlots(market, t, market.length, slots);
    if (count === 0) return blocks;
    blocks.push(slots.subarray(0, count));
    t = (slots[count - 1] ?? 0) + 1;
  }
}

function playGenerally(plan: SessionPlan, market: MarketTable, blocks: readonly Int32Array[]): Trace {
  const ledger = createLedgerBuffer();
  const session = openSession(plan, createMarketViews(market), ledger);
  const rows: Row[] = [];
  const decisions: [number, string][] = [];
  const states: string[] = [];
  for (const slots of blocks) {
    for (const slot of slots) {
      const kept: DecisionRecord[] = [];
      advanceSession(session, slot);
      decideSession(session, slot, kept);
      decisions.push(...kept.map((record): [number, string] => [slot, show(record)]));
      rows.push({ slot, equity: session.equityUsd, exposure: session.grossExposureFraction });
    }
    states.push(stateOf(session));
  }
  return { rows, ledger: [...ledger.doubles.subarray(0, ledger.length)], decisions, states };
}

/** `movesAt`: before this block the lane is given up, and a new one goes on from its session. */
function playFast(
  plan: SessionPlan,
  market: MarketTable,
  blocks: readonly Int32Array[],
  movesAt: number,
): Trace & { readonly generalBars: number } {
  const ledger = createLedgerBuffer();
  let field = openField(createMarketViews(market), ledger);
  let lane = addLane(field, plan);
  const rows: Row[] = [];
  const decisions: [number, string][] = [];
  const states: string[] = [];
  let generalBars = 0;
  blocks.forEach((slots, number) => {
    if (number === movesAt && number > 0) {
      const session = landLane(field, lane);
      field = openField(createMarketViews(market), ledger);
      lane = addLane(field, plan, session);
    }
    const equity = new Float64Array(slots.length);
    const exposure = new Float64Array(slots.length);
    beginBlock(field, slots, slots.length);
    if (number === movesAt && number > 0) takeState(field, lane);
    generalBars += playLane(field, lane, equity, exposure, {
      plain: true,
      keep: (row, record) => decisions.push([slots[row] ?? -1, show(record)]),
    });
    slots.forEach((slot, b) => rows.push({ slot, equity: equity[b] ?? NaN, exposure: exposure[b] ?? NaN }));
    states.push(stateOf(landLane(field, lane)));
  });
  return { rows, ledger: [...ledger.doubles.subarray(0, ledger.length)], decisions, states, generalBars };
}

/** In words, because to print two long traces takes longer than to make them. */
function firstDifference(fast: Trace, general: Trace): string {
  for (const what of ['rows', 'decisions', 'ledger', 'states'] as const) {
    const [a, b]: [readonly unknown[], readonly unknown[]] = [fast[what], general[what]];
    for (let i = 0; i < Math.max(a.length, b.length); i++)
      if (!equals(a[i], b[i])) return `${what} ${String(i)}: ${show(a[i])} instead of ${show(b[i])}`;
  }
  return '';
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_k, v: unknown) => (v === undefined ? null : v));
const equals = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (typeof a === 'object' && show(a) === show(b));

/** What all these runs came across. */
const seen = { fast: 0, general: 0, liquidations: 0, stops: 0, refusals: 0, funding: 0 };

describe.each(Object.keys(SMALL_RULES))('the fast kernel on %s', (name) => {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(name);

  it('leaves what the general session leaves, bit for bit, in blocks of any size', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 6 }), (made, movesAt) => {
        const plan: SessionPlan = {
          position: 3,
          kind,
          params: kind.manifest.parameters.parse({ ...SMALL_RULES[name], ...made.sizing }),
          seed: 0,
          symbols: made.market.symbols,
          timeframe: '1h',
          cashUsd: made.cashUsd,
          costs: made.costs,
          limits: made.limits,
        };
        fc.pre(whyGeneral(plan, made.market) === undefined);
        const blocks = blocksOf(made.market, made.first, made.blocks);
        const general = playGenerally(plan, made.market, blocks);
        const { generalBars, ...fast } = playFast(plan, made.market, blocks, movesAt);
        expect(firstDifference(fast, general)).toBe('');
        const ledger = Float64Array.from(general.ledger);
        for (let i = 0; i < ledgerCount(ledger); i++) {
          const { reason } = readLedgerEntry(ledger, i);
          if (reason === 'liquidation') seen.liquidations++;
          if (reason === 'stop') seen.stops++;
          if (reason === 'funding') seen.funding++;
        }
        seen.refusals += general.decisions.filter(
          ([, line]) => !line.includes('"refused":[],"unfilled":[]'),
        ).length;
        seen.general += generalBars;
        seen.fast += general.rows.length - generalBars;
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});

it('the runs above came across everything that a bar can do, mostly in the kernel', () => {
  expect(seen.fast).toBeGreaterThan(seen.general);
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
});
