/**
 * The rules as data: what opens a position, and what that same rule takes as the end of it. Where the table departs
 * from the one that it follows, and why, is in docs/regime-agent.md. A change here is a new RULES_VERSION.
 */
import { type ProvenRule, proveRules } from './prove-rules.js';
import type { Trend } from './regime.js';
import type { EntryRule, ExitRule } from './rule.js';

/** Part of the kinds' version. */
export const RULES_VERSION = 1;

const MOST_VOLUME = 10;

const BULLS: readonly Trend[] = ['STRONG_BULL', 'WEAK_BULL'];
const BEARS: readonly Trend[] = ['STRONG_BEAR', 'WEAK_BEAR'];

/** In average true ranges: a histogram this far on the other side is a turn, less is noise. */
const TURNED_ATR = 0.05;
const AWAY_FRACTION = 0.005;
const RANGE_PROFIT_FRACTION = 0.015;

const LONG_TURNS: readonly ExitRule[] = [
  { id: 'trend-against', trends: BEARS, box: {} },
  { id: 'below-average', box: { priceVsMa20: { below: -AWAY_FRACTION } } },
  { id: 'rsi-weak', box: { rsi: { below: 40 } } },
  { id: 'macd-turned', box: { histogramAtr: { below: -TURNED_ATR } } },
];
const SHORT_TURNS: readonly ExitRule[] = [
  { id: 'trend-against', trends: BULLS, box: {} },
  { id: 'above-average', box: { priceVsMa20: { above: AWAY_FRACTION } } },
  { id: 'rsi-strong', box: { rsi: { above: 60 } } },
  { id: 'macd-turned', box: { histogramAtr: { above: TURNED_ATR } } },
];
const UNCLEAR: ExitRule = { id: 'regime-unclear', regimes: ['TRANSITIONAL'], box: {} };
const PROFIT: ExitRule = { id: 'profit', box: { profit: { above: RANGE_PROFIT_FRACTION } } };

const LONG_FOLLOW: readonly ExitRule[] = [UNCLEAR, ...LONG_TURNS];
const SHORT_FOLLOW: readonly ExitRule[] = [UNCLEAR, ...SHORT_TURNS];
const LONG_REVERT: readonly ExitRule[] = [
  UNCLEAR,
  { id: 'range-broken', regimes: ['MOMENTUM'], trends: BEARS, box: {} },
  { id: 'back-at-mean', box: { bandPosition: { from: 0.5 } } },
  PROFIT,
];
const SHORT_REVERT: readonly ExitRule[] = [
  UNCLEAR,
  { id: 'range-broken', regimes: ['MOMENTUM'], trends: BULLS, box: {} },
  { id: 'back-at-mean', box: { bandPosition: { to: 0.5 } } },
  PROFIT,
];

const ABOVE = { above: 0 };
const BELOW = { below: 0 };

function momentum(): EntryRule[] {
  const follow = { regime: 'MOMENTUM', idea: 'follow', needsVolume: true } as const;
  const volumeRatio = { from: 0, to: MOST_VOLUME };
  return [
    {
      ...follow,
      id: 'momentum-strong-bull-long',
      trend: 'STRONG_BULL',
      side: 'long',
      box: {
        rsi: { from: 50, to: 85 },
        priceVsMa20: ABOVE,
        ma20VsMa50: ABOVE,
        histogramAtr: ABOVE,
        volumeRatio,
        bandPosition: { from: 0.5 },
      },
      stopAtr: 2.5,
      targetAtr: 4,
      size: 1,
      minConfidence: 0.55,
      exits: LONG_FOLLOW,
    },
    {
      ...follow,
      id: 'momentum-weak-bull-long',
      trend: 'WEAK_BULL',
      side: 'long',
      box: {
        rsi: { from: 45, to: 80 },
        priceVsMa20: ABOVE,
        histogramAtr: ABOVE,
        volumeRatio,
        bandPosition: { from: 0.4 },
      },
      stopAtr: 2,
      targetAtr: 3,
      size: 0.75,
      minConfidence: 0.6,
      exits: LONG_FOLLOW,
    },
    {
      ...follow,
      id: 'momentum-strong-bear-short',
      trend: 'STRONG_BEAR',
      side: 'short',
      box: {
        rsi: { from: 15, to: 50 },
        priceVsMa20: BELOW,
        ma20VsMa50: BELOW,
        histogramAtr: BELOW,
        volumeRatio,
        bandPosition: { to: 0.5 },
      },
      stopAtr: 2.5,
      targetAtr: 4,
      size: 1,
      minConfidence: 0.55,
      exits: SHORT_FOLLOW,
    },
    {
      ...follow,
      id: 'momentum-weak-bear-short',
      trend: 'WEAK_BEAR',
      side: 'short',
      box: {
        rsi: { from: 20, to: 55 },
        priceVsMa20: BELOW,
        histogramAtr: BELOW,
        volumeRatio,
        bandPosition: { to: 0.6 },
      },
      stopAtr: 2,
      targetAtr: 3,
      size: 0.75,
      minConfidence: 0.6,
      exits: SHORT_FOLLOW,
    },
  ];
}

const QUIET = { from: 0, to: 0.7 };

function ranging(): EntryRule[] {
  const revert = { regime: 'RANGING', idea: 'revert', stopAtr: 1.5 } as const;
  const weak = (['WEAK_BULL', 'WEAK_BEAR'] as const).flatMap((trend): EntryRule[] => {
    const name = trend === 'WEAK_BULL' ? 'weak-bull' : 'weak-bear';
    return [
      {
        ...revert,
        id: `ranging-${name}-long`,
        trend,
        side: 'long',
        box: {
          rsi: { from: 0, to: 35 },
          priceVsMa20: BELOW,
          volumeRatio: QUIET,
          bandPosition: { from: 0, to: 0.25 },
        },
        targetAtr: 2.5,
        size: 1,
        minConfidence: 0.6,
        exits: LONG_REVERT,
      },
      {
        ...revert,
        id: `ranging-${name}-short`,
        trend,
        side: 'short',
        box: {
          rsi: { from: 65, to: 100 },
          priceVsMa20: ABOVE,
          volumeRatio: QUIET,
          bandPosition: { from: 0.75, to: 1 },
        },
        targetAtr: 2.5,
        size: 1,
        minConfidence: 0.6,
        exits: SHORT_REVERT,
      },
    ];
  });
  return [
    ...weak,
    {
      ...revert,
      id: 'ranging-neutral-long',
      trend: 'NEUTRAL',
      side: 'long',
      box: { rsi: { from: 0, to: 30 }, volumeRatio: QUIET, bandPosition: { from: 0, to: 0.2 } },
      targetAtr: 2,
      size: 0.75,
      minConfidence: 0.65,
      exits: LONG_REVERT,
    },
    {
      ...revert,
      id: 'ranging-neutral-short',
      trend: 'NEUTRAL',
      side: 'short',
      box: { rsi: { from: 70, to: 100 }, volumeRatio: QUIET, bandPosition: { from: 0.8, to: 1 } },
      targetAtr: 2,
      size: 0.75,
      minConfidence: 0.65,
      exits: SHORT_REVERT,
    },
  ];
}

function transitional(): EntryRule[] {
  const follow = { regime: 'TRANSITIONAL', idea: 'follow', stopAtr: 2, targetAtr: 3, size: 0.5 } as const;
  const volumeRatio = { from: 1.5, to: MOST_VOLUME };
  return [
    {
      ...follow,
      id: 'transitional-strong-bull-long',
      trend: 'STRONG_BULL',
      side: 'long',
      box: {
        rsi: { from: 55, to: 80 },
        priceVsMa20: ABOVE,
        ma20VsMa50: ABOVE,
        histogramAtr: ABOVE,
        volumeRatio,
        bandPosition: { from: 0.6 },
      },
      minConfidence: 0.7,
      exits: LONG_TURNS,
    },
    {
      ...follow,
      id: 'transitional-strong-bear-short',
      trend: 'STRONG_BEAR',
      side: 'short',
      box: {
        rsi: { from: 20, to: 45 },
        priceVsMa20: BELOW,
        ma20VsMa50: BELOW,
        histogramAtr: BELOW,
        volumeRatio,
        bandPosition: { to: 0.4 },
      },
      minConfidence: 0.7,
      exits: SHORT_TURNS,
    },
  ];
}

/** Of a position that no rule here has opened: an inherited one. */
export const INHERITED_EXITS: Readonly<Record<'long' | 'short', readonly ExitRule[]>> = {
  long: LONG_TURNS,
  short: SHORT_TURNS,
};

/** Proven when this file is loaded, in boxes without a volume floor: a floor only narrows them. */
export const RULES: readonly ProvenRule[] = proveRules(
  [...momentum(), ...ranging(), ...transitional()],
  'the rule table',
);
