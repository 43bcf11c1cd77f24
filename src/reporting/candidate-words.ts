import type { TrainingOrigin } from '../core/arena/contestant.js';
import type { Evidence } from '../core/promotion/candidate.js';
import { paceSentence } from './evidence-text.js';
import { oddsWords } from './odds-words.js';
import { fixed } from './text-table.js';
import { CHOSEN_PAST, chosenFrom } from './training-words.js';

/**
 * What a person reads before deciding; every number is from the evidence. `clones`: how many of the field move like a
 * better one, so that the number of ideas that were tried can be told as well as the number of names.
 */
export function candidateWords(
  name: string,
  championName: string | undefined,
  e: Evidence,
  clones: number,
  training: TrainingOrigin | undefined,
): string {
  const against =
    championName === undefined
      ? 'nobody is deployed'
      : `the champion (${championName}) is ${signed(e.championReturnPct)} %`;
  const won = e.winPct === null ? '' : `, ${fixed(e.winPct, 0)} % won`;
  const range =
    e.sharpeLow === null || e.sharpeHigh === null
      ? ''
      : ` (95 % range ${fixed(e.sharpeLow, 1)} to ${fixed(e.sharpeHigh, 1)})`;
  return [
    `${name} is ${signed(e.returnPct)} % after ${fixed(e.ageHours / 24, 1)} days; ${against}.`,
    `Sharpe ${fixed(e.sharpe, 1)}${range}.`,
    ...gateWords(e, clones),
    ...(training === undefined ? [] : [`It came from training, ${chosenFrom(training)}: ${CHOSEN_PAST}.`]),
    `Worst fall ${fixed(e.maxDrawdownPct, 1)} %, ${fixed(e.longestFallDays, 1)} days under water.`,
    `${String(e.trades)} trades${won}.`,
    e.verdict === 'promotable'
      ? 'The gate calls it PROMOTABLE.'
      : 'It LEADS but is NOT PROVEN: promoting it needs --override "reason".',
    ...(e.gate === null
      ? []
      : [
          `Chance that this gate ever passes a contestant without skill in this cohort: at most ${fixed(100 * e.gate.budget, 0)} %${e.cohorts > 1 ? `; this arena has had ${String(e.cohorts)} cohorts, each with that chance` : ''}.`,
        ]),
  ].join(' ');
}

function gateWords({ gate, cohortSize, champion }: Evidence, clones: number): string[] {
  if (gate === null) return ['The gate has not looked yet.'];
  const beaten = champion === null ? 'Earning this much' : 'Beating the champion this clearly';
  const ideas = Math.max(1, cohortSize - clones);
  const once =
    ideas === cohortSize
      ? ''
      : ` (${oddsWords(Math.min(1, gate.p * ideas))} if the ${String(cohortSize - ideas)} that move like others are counted once)`;
  const day = `day ${fixed(gate.lookHours / 24, 0)}`;
  return [
    `${beaten} by luck alone, at the look on ${day}: ${oddsWords(gate.p)} for one contestant, ${oddsWords(gate.pHolm)} for the best of ${String(gate.familySize)} tried${once}.`,
    `That look asked for ${oddsWords(gate.alpha)}. ${paceSentence(gate)}`,
    ...gate.integrity.map((text) => `It could not pass there in any case: ${text}.`),
    ...(gate.marketShare === null
      ? []
      : [`The market explains ${fixed(100 * gate.marketShare, 0)} % of its moves.`]),
  ];
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${fixed(value, 1)}`;
}
