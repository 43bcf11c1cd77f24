import type { Standing } from '../../core/arena/board.js';
import type { RuleRow } from '../../core/promotion/rule-rows.js';
import { escapeHtml } from '../escape-html.js';
import { paceSentence, sharpeRangeText } from '../evidence-text.js';
import { oddsWords } from '../odds-words.js';
import { fixed } from '../text-table.js';
import { htmlTable } from './html-table.js';

/** What the board and the gate say of a contestant, as the first thing on its page. */
export function verdictBlock(standing: Standing): string {
  const [headline, ...lines] = verdictWords(standing).map(escapeHtml);
  const words = `<p><strong>${headline ?? ''}</strong></p>${lines.map((line) => `<p>${line}</p>`).join('')}`;
  return `<div class="verdict">${words}${ruleTable(standing.rules)}</div>`;
}

function verdictWords(s: Standing): string[] {
  const lines = [headlineOf(s)];
  lines.push(
    `Role ${s.role}, ${s.rank === undefined ? 'not ranked' : `rank ${String(s.rank)}`}, status ${s.status}` +
      `${s.reason === '' ? '' : ` (${s.reason})`}, cohort ${s.cohort === undefined ? 'next' : String(s.cohort)}.`,
  );
  if (s.leadPoints !== undefined)
    lines.push(
      `${fixed(s.leadPoints, 2)} points of return over the champion's series since its cohort's first bar; Sharpe's 95 % range ${sharpeRangeText(s)}.`,
    );
  lines.push(...luckWords(s));
  if (s.placebos !== undefined)
    lines.push(
      `It beats ${String(s.placebos.beaten)} of the ${String(s.placebos.of)} random traders of its pace and size (holding ${String(s.placebos.holdHours)} h, ${String(s.placebos.exposurePct)} % invested).`,
    );
  if (s.cloneOf !== undefined)
    lines.push(`It moves like ${s.cloneOf.name}, which stands above it: one idea, not two.`);
  return lines;
}

function luckWords({ gate }: Standing): string[] {
  if (gate === undefined) return [];
  return [
    `Luck alone, at the look on day ${fixed(gate.lookHours / 24, 0)}: ${oddsWords(gate.p)} for one contestant, ${oddsWords(gate.pHolm)} for the best of ${String(gate.familySize)} tried; that look asked for ${oddsWords(gate.alpha)}.`,
    paceSentence(gate),
    ...(gate.marketShare === null
      ? []
      : [`The market explains ${fixed(100 * gate.marketShare, 0)} % of its moves.`]),
  ];
}

function headlineOf({ role, notCandidate, gate }: Standing): string {
  if (role === 'champion') return 'CHAMPION: it is deployed';
  if (notCandidate === undefined) return `A ${role} never becomes a candidate`;
  if (notCandidate !== '') return `NOT ELIGIBLE: ${notCandidate}`;
  return gate?.verdict === 'promotable'
    ? 'PROMOTABLE: the gate passed it; a person decides'
    : 'LEADING, NOT PROVEN: the base rules hold, luck has not been ruled out';
}

/** Why it is not ready, rule by rule. */
function ruleTable(rules: readonly RuleRow[]): string {
  if (rules.length === 0) return '';
  return htmlTable<RuleRow>(
    [
      { title: 'Rule of the gate', align: 'left', cell: (r) => r.rule },
      { title: 'Now', cell: (r) => `${fixed(r.value, 2)}${r.unit === '' ? '' : ` ${r.unit}`}` },
      { title: 'Needed', align: 'left', cell: (r) => r.needed },
      { title: 'Kept', align: 'left', cell: (r) => (r.kept === undefined ? 'n/a' : r.kept ? 'yes' : 'no') },
      { title: 'What would change it', align: 'words', cell: (r) => r.change },
    ],
    rules,
  );
}
