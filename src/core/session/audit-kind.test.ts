import { describe, expect, it } from 'vitest';
import { scripted } from '../../../test/support/scripted-kind.js';
import type { Intent } from '../domain/intent.js';
import { createKinds, erase } from '../strategies/catalog.js';
import { formula } from '../strategies/formula/formula.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { auditKind } from './audit-kind.js';

const SYMBOLS = ['BTC-USD', 'ETH-USD'];
const audit = (kind: StrategyKind, params: unknown = {}): string | undefined =>
  auditKind({ kind, params, symbols: SYMBOLS, instrument: 'spot' });

const buy: Intent = { kind: 'open', symbol: 'BTC-USD', side: 'long', size: { weight: 0.1 }, reason: 'test' };

describe('the look-ahead audit', () => {
  it.each(createKinds([erase(formula)]).names)('finds nothing in %s', (name) => {
    const kind = createKinds([erase(formula)]).find(name);
    if (kind === undefined) throw new Error(name);
    const raw: Record<string, unknown> = {
      formula: { entry: 'close > sma(20)', exit: 'close < sma(20)' },
      'llm-trader': { provider: 'local', model: 'm' },
      'llm-direct': { provider: 'local', model: 'm' },
      'regime-hybrid': { provider: 'made', model: 'made' },
      'volatility-target': { of: { kind: 'sma-cross', params: { fast: 3, slow: 9 } } },
    };
    expect(audit(kind, kind.manifest.parameters.parse(raw[name] ?? {}))).toBeUndefined();
  });

  it('finds a kind that knows how long the market is', () => {
    let longest = 0;
    const kind = scripted((_n, o) => {
      longest = Math.max(longest, o.nowMs);
      return o.nowMs === longest ? [] : [buy];
    });
    expect(audit(kind)).toContain('run again');
  });

  it('finds a kind that learned the future in an earlier run, and plays it back', () => {
    const seen = new Map<number, number>();
    const kind = scripted((_n, o) => {
      seen.set(o.nowMs, o.market.close(0));
      return (seen.get(o.nowMs + o.market.timeframeMs) ?? 0) > o.market.close(0) ? [buy] : [];
    });
    expect(audit(kind)).toContain('run again');
  });

  it('lets a kind trade on what is beside the bars of perpetuals, and finds it when it looks ahead there', () => {
    const perpetual = (kind: StrategyKind): string | undefined =>
      auditKind({ kind, params: {}, symbols: SYMBOLS, instrument: 'perpetual' });
    let orders = 0;
    const honest = scripted((_n, { market }) => {
      if (!(market.reading(0, 'longLiquidationsUsd') > 4e5)) return [];
      orders++;
      return [buy];
    });
    expect(perpetual(honest)).toBeUndefined();
    expect(orders).toBeGreaterThan(0);
    const seen = new Map<number, number>();
    const ahead = scripted((_n, { market, nowMs }) => {
      seen.set(nowMs, market.reading(0, 'openInterestUsd'));
      return (seen.get(nowMs + market.timeframeMs) ?? 0) > 1e8 ? [buy] : [];
    });
    expect(perpetual(ahead)).toContain('run again');
  });

  it('finds a kind that rolls dice of its own', () => {
    expect(audit(scripted(() => (Math.random() < 0.5 ? [buy] : [])))).toContain('run again');
  });

  it('finds a kind that counts its calls outside its memory', () => {
    let calls = 0;
    expect(audit(scripted(() => (++calls % 7 === 0 ? [buy] : [])))).toContain('run again');
  });

  it('finds a kind that looks at a table it was not given', () => {
    // Bars of the cut-off market end earlier: whoever can tell sees past the newest bar.
    let runs = 0;
    let last = 0;
    const kind = scripted((_n, o) => {
      if (o.nowMs < last) runs++;
      last = o.nowMs;
      return runs >= 2 && o.portfolio.quantity(0) === 0 ? [buy] : [];
    });
    expect(audit(kind)).toContain('are missing');
  });

  it('lets a kind use its own random numbers, memory and a fault', () => {
    expect(audit(scripted((n, o) => (o.random() < 0.2 && n > 3 ? [buy] : [])))).toBeUndefined();
    expect(
      audit(
        scripted((n) => {
          if (n === 20) throw new Error('a fault is a decision too');
          return [];
        }),
      ),
    ).toBeUndefined();
  });
});
