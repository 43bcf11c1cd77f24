import { describe, expect, it } from 'vitest';
import { NO_DEPLOYMENT, type OfferedCandidate } from '../core/deployment/deployer-state.js';
import { bestPromotable } from './run-deployer.js';

function offer(
  name: string,
  more: Partial<OfferedCandidate['freeze']['evidence']> = {},
  intact = true,
): OfferedCandidate {
  const evidence = {
    contestant: name,
    cutBarMs: 1000,
    cohort: 1,
    cohortSize: 5,
    ageHours: 200,
    returnPct: 5,
    championReturnPct: 1,
    leadPoints: 4,
    sharpe: 2,
    maxDrawdownPct: -1,
    trades: 9,
    winPct: 50,
    champion: null,
    generation: 0,
    verdict: 'promotable' as const,
    sharpeLow: null,
    sharpeHigh: null,
    longestFallDays: 0,
    gate: null,
    cohorts: 1,
    planPolicy: 'keep',
    ...more,
  };
  const manifest = {
    kind: 'flat',
    version: 1,
    params: {},
    symbols: ['A'],
    timeframe: '1h' as const,
    instrument: 'spot' as const,
    seed: 0,
  };
  return {
    intact,
    champion: { id: name, name, manifest, source: 'candidate' },
    freeze: { position: 0, hash: name, expiresMs: 9000, evidence },
  };
}

describe('approval without a person', () => {
  it('takes whoever the gate proves, the first in its order, with the newest evidence, and never anybody else', () => {
    const best = (...offers: OfferedCandidate[]): string | undefined =>
      bestPromotable(offers, NO_DEPLOYMENT)?.champion.name;
    expect(best(offer('lower', { sharpe: 1 }), offer('best'), offer('other', { sharpe: 1.5 }))).toBe('best');
    expect(best(offer('old', { cutBarMs: 500, sharpe: 9 }), offer('new'))).toBe('new');
    expect(best(offer('leads', { verdict: 'leading_not_proven', sharpe: 9 }))).toBeUndefined();
    expect(best(offer('edited', {}, false))).toBeUndefined();
    const champion = offer('champion');
    expect(bestPromotable([champion], { ...NO_DEPLOYMENT, champion: champion.champion })).toBeUndefined();
  });
});
