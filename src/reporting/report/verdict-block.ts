import type { Standing } from '../../core/arena/board.js';
import { escapeHtml } from '../escape-html.js';

/** What the board says of a contestant, as the first thing on its page. */
export function verdictBlock(standing: Standing): string {
  const [headline, ...lines] = verdictWords(standing).map(escapeHtml);
  return `<div class="verdict"><p><strong>${headline ?? ''}</strong></p>${lines.map((line) => `<p>${line}</p>`).join('')}</div>`;
}

function verdictWords(s: Standing): string[] {
  const lines = [headlineOf(s)];
  lines.push(
    `Role ${s.role}, ${s.rank === undefined ? 'not ranked' : `rank ${String(s.rank)}`}, status ${s.status}` +
      `${s.reason === '' ? '' : ` (${s.reason})`}, cohort ${s.cohort === undefined ? 'next' : String(s.cohort)}.`,
  );
  if (s.leadPoints !== undefined)
    lines.push(
      `${s.leadPoints.toFixed(2)} points of return over the champion's series since its cohort's first bar.`,
    );
  if (s.cloneOf !== undefined)
    lines.push(`It moves like ${s.cloneOf.name}, which stands above it: one idea, not two.`);
  return lines;
}

function headlineOf({ role, notCandidate }: Standing): string {
  if (role === 'champion') return 'CHAMPION: it is deployed';
  if (notCandidate === '') return 'LEADING, NOT PROVEN: the base rules hold, luck has not been ruled out';
  if (notCandidate === undefined) return `A ${role} never becomes a candidate`;
  return `NOT ELIGIBLE: ${notCandidate}`;
}
