/** Turns a formula into nested functions, once; nothing is looked up by name afterwards. */
import type { FeatureView, MarketView, PortfolioView, PositionView } from '../strategy.js';
import type { Arithmetic, Comparison, Expression, FunctionName, Numeric, Truth } from './expression.js';

/** What a compiled formula reads: one symbol at one closed bar. Filled anew for every evaluation. */
export interface Snapshot {
  features: FeatureView;
  market: MarketView;
  portfolio: PortfolioView;
  position: PositionView | undefined;
  symbol: number;
  symbols: number;
  nowMs: number;
}

/** A number; of a condition 1, 0, or NaN where something in it is unknown. */
export type Compiled = (snapshot: Snapshot) => number;

/** `featureIndex` says where a feature stands in the kind's declared list. */
export function compileExpression(
  e: Expression,
  featureIndex: (feature: Extract<Numeric, { is: 'feature' }>) => number,
): Compiled {
  return compile(e);

  function compile(node: Expression): Compiled {
    switch (node.is) {
      case 'constant': {
        const { value } = node;
        return () => value;
      }
      case 'known': {
        const value = node.value ? 1 : 0;
        return () => value;
      }
      case 'price': {
        const { name, ago } = node;
        return (s) => s.market[name](s.symbol, ago);
      }
      case 'feature': {
        const index = featureIndex(node);
        const { ago } = node;
        return (s) => s.features.value(s.symbol, index, ago);
      }
      case 'position':
        return POSITION[node.name];
      case 'other':
        return OTHER[node.name];
      case 'negative': {
        const of = compile(node.of);
        return (s) => -of(s);
      }
      case 'arithmetic':
        return ARITHMETIC[node.op](compile(node.left), compile(node.right));
      case 'compare':
        return compare(node.op, compile(node.left), compile(node.right));
      case 'function':
        return call(node.name, node.args.map(compile));
      case 'choice':
        return choose(node);
      case 'and': {
        const left = compile(node.left);
        const right = compile(node.right);
        return (s) => {
          const a = left(s);
          if (a === 0) return 0;
          const b = right(s);
          return b === 0 ? 0 : a * b;
        };
      }
      case 'or': {
        const left = compile(node.left);
        const right = compile(node.right);
        return (s) => {
          const a = left(s);
          if (a === 1) return 1;
          const b = right(s);
          return b === 1 ? 1 : a + b;
        };
      }
      case 'not': {
        const of = compile(node.of);
        return (s) => 1 - of(s);
      }
    }
  }

  function choose(node: { when: Truth; then: Numeric; otherwise: Numeric }): Compiled {
    const when = compile(node.when);
    const then = compile(node.then);
    const otherwise = compile(node.otherwise);
    return (s) => {
      const known = when(s);
      return known === 1 ? then(s) : known === 0 ? otherwise(s) : NaN;
    };
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 3;

const POSITION: Readonly<Record<Extract<Numeric, { is: 'position' }>['name'], Compiled>> = {
  pnl(s) {
    const p = s.position;
    if (p === undefined) return NaN;
    return (Math.sign(p.quantity) * (p.markPrice - p.entryPrice)) / p.entryPrice;
  },
  bars_held: (s) =>
    s.position === undefined ? NaN : Math.round((s.nowMs - s.position.openedAtMs) / s.market.timeframeMs),
  entry_price: (s) => s.position?.entryPrice ?? NaN,
  weight: (s) =>
    s.position === undefined ? NaN : (s.position.quantity * s.position.markPrice) / s.portfolio.equityUsd,
};

const OTHER: Readonly<Record<Extract<Numeric, { is: 'other' }>['name'], Compiled>> = {
  equity: (s) => s.portfolio.equityUsd,
  cash: (s) => s.portfolio.cashUsd,
  symbols: (s) => s.symbols,
  hour_utc: (s) => Math.floor((s.nowMs % DAY_MS) / HOUR_MS),
  /** 1 Monday to 7 Sunday. */
  weekday_utc: (s) => ((Math.floor(s.nowMs / DAY_MS) + FIRST_WEEKDAY) % 7) + 1,
};

const ARITHMETIC: Readonly<Record<Arithmetic, (a: Compiled, b: Compiled) => Compiled>> = {
  '+': (a, b) => (s) => a(s) + b(s),
  '-': (a, b) => (s) => a(s) - b(s),
  '*': (a, b) => (s) => a(s) * b(s),
  '/': (a, b) => (s) => a(s) / b(s),
  /** The remainder has the divisor's sign, as in mathematics. */
  '%': (a, b) => (s) => {
    const y = b(s);
    const x = a(s);
    return y === 0 ? x : x - y * Math.floor(x / y);
  },
  '^': (a, b) => (s) => a(s) ** b(s),
};

function compare(op: Comparison, a: Compiled, b: Compiled): Compiled {
  const holds = HOLDS[op];
  return (s) => {
    const x = a(s);
    const y = b(s);
    return x !== x || y !== y ? NaN : holds(x, y) ? 1 : 0;
  };
}

const HOLDS: Readonly<Record<Comparison, (x: number, y: number) => boolean>> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
};

const MATH: Readonly<Record<Exclude<FunctionName, 'min' | 'max'>, (x: number) => number>> = {
  abs: (x) => Math.abs(x),
  sqrt: (x) => Math.sqrt(x),
  log: (x) => Math.log(x),
  exp: (x) => Math.exp(x),
  floor: (x) => Math.floor(x),
  round: (x) => Math.round(x),
  sign: (x) => Math.sign(x),
};

function call(name: FunctionName, args: readonly Compiled[]): Compiled {
  if (name === 'min' || name === 'max') {
    const pick =
      name === 'min' ? (x: number, y: number) => Math.min(x, y) : (x: number, y: number) => Math.max(x, y);
    return (s) => args.reduce((best, arg) => pick(best, arg(s)), name === 'min' ? Infinity : -Infinity);
  }
  const apply = MATH[name];
  const [arg] = args;
  return arg === undefined ? () => NaN : (s) => apply(arg(s));
}
