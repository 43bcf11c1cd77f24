import { describe, expect, it } from 'vitest';
import { playSession } from '../../../../test/support/play-session.js';
import { sessionFor } from '../../../../test/support/scripted-kind.js';
import { generateMarket } from '../../market/generate-market.js';
import { erase } from '../catalog.js';
import type { Gauge, Step, StrategyKind } from '../strategy.js';
import type { RuleParams } from './apply-rules.js';
import { explainRegimes } from './explain-regimes.js';
import type { RegimeMemory } from './regime-memory.js';
import { regimeRules } from './regime-rules.js';

interface Explained {
  readonly step: Step<RegimeMemory>;
  readonly gauges: readonly Gauge[];
  /** Symbols that are held, and those that a stop has just closed. */
  readonly held: ReadonlySet<string>;
  readonly stopped: ReadonlySet<string>;
}

/** Every decision of a session with the explanation that belongs to it. */
function explainedSession(): Explained[] {
  const market = generateMarket({
    seed: 2,
    symbols: ['BTCUSDT', 'ETHUSDT'],
    timeframe: '1h',
    startMs: Date.UTC(2025, 0, 6),
    length: 24 * 40,
    perpetual: true,
  });
  const found: Explained[] = [];
  const kind: StrategyKind<RuleParams, RegimeMemory> = {
    ...regimeRules,
    decide(o, memory) {
      const gauges = explainRegimes(o, memory, undefined);
      const step = regimeRules.decide(o, memory);
      found.push({
        step,
        gauges,
        held: new Set(o.symbols.filter((_, i) => o.portfolio.quantity(i) !== 0)),
        stopped: new Set(o.exits.map(({ symbol }) => o.symbols[symbol] ?? '')),
      });
      return step;
    },
  };
  const session = sessionFor(erase(kind), market, {
    params: regimeRules.manifest.parameters.parse({ side: 'both' }),
  });
  playSession(session);
  return found;
}

const EXPLAINED = explainedSession();

describe('an explanation by regime', () => {
  it('shows the very rules that decided: one whose rows all hold, exactly where something was done', () => {
    let entries = 0;
    let exits = 0;
    for (const { step, gauges, held, stopped } of EXPLAINED)
      for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
        const own = gauges.filter((gauge) => gauge.symbol === symbol);
        const intent = step.intents.find((one) => one.symbol === symbol);
        if (held.has(symbol)) {
          const firing = own.find((gauge) => gauge.rule.startsWith('leave ') && gauge.holds === true);
          expect(firing?.text.split(':')[0]).toBe(intent?.reason);
          if (intent !== undefined) exits++;
        } else if (!stopped.has(symbol)) {
          const rules = [
            ...new Set(own.filter(({ rule }) => rule.startsWith('enter ')).map(({ rule }) => rule)),
          ];
          const firing = rules.find((rule) =>
            own.every((gauge) => gauge.rule !== rule || gauge.holds === true),
          );
          expect(firing).toBe(intent === undefined ? undefined : `enter ${intent.reason}`);
          if (intent !== undefined) entries++;
        }
      }
    expect(entries).toBeGreaterThan(15);
    expect(exits).toBeGreaterThan(10);
  });

  it('says that the market cannot be read while it cannot', () => {
    const [first] = EXPLAINED;
    expect(first?.gauges.map(({ text }) => text)).toEqual([
      'the market cannot be read: too few bars, or none now',
      'the market cannot be read: too few bars, or none now',
    ]);
  });

  it('names bounds and the one that is nearest to the value', () => {
    const rows = EXPLAINED.flatMap(({ gauges }) => gauges);
    const rsi = rows.filter(
      ({ rule, text }) => rule === 'enter momentum-strong-bull-long' && /^rsi /.test(text),
    );
    expect(new Set(rsi.map(({ text }) => text))).toEqual(new Set(['rsi from 50 to 85']));
    for (const { value, threshold } of rsi) expect(threshold).toBe(value < 67.5 ? 50 : 85);
    expect(rows.some(({ text }) => text === 'volumeRatio from 0.8 to 10')).toBe(true);
  });
});
