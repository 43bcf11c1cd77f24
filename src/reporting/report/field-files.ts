import { csvText } from './csv.js';
import { returnPctOf } from './field-figures.js';
import { type FieldReport, sharpeOf } from './field-page.js';
import { jsonText } from './json-text.js';
import { DISCLAIMER } from './page.js';

/** The field for programs and for a spreadsheet. */
export function fieldFiles(report: FieldReport): Map<string, string> {
  const { figures, samplesPerYear } = report;
  const rows = figures.members.map((member) => {
    const { id, name, role, rank, standing, metrics } = member;
    const { range } = sharpeOf(member, samplesPerYear);
    return {
      rank,
      id,
      name,
      role,
      status: standing?.status,
      returnPct: returnPctOf(member),
      sharpe: metrics?.sharpe,
      sharpeLow: range?.low,
      sharpeHigh: range?.high,
      sortino: metrics?.sortino,
      maxDrawdownPct: metrics?.maxDrawdownPct,
      trades: metrics?.trades,
      winPct: metrics?.winPct,
      turnover: metrics?.turnover,
      exposurePct: metrics?.exposurePct,
      leadPoints: standing?.leadPoints,
      notCandidate: standing?.notCandidate,
      cloneOf: standing?.cloneOf?.name,
    };
  });
  const { withoutDay, withoutSymbol, correlated, leaderBeatsFraction, days } = figures;
  return new Map([
    [
      'report.json',
      jsonText({
        schema_version: 1,
        title: report.title,
        generated: report.generated,
        disclaimer: DISCLAIMER,
        fromMs: report.fromMs,
        toMs: report.toMs,
        days,
        cohorts: report.cohorts,
        independent: report.independent,
        champion: report.champion,
        leaderBeatsFraction,
        trials: report.trials,
        stability: { withoutDay, withoutSymbol },
        correlated,
        rows,
      }),
    ],
    [
      'field.csv',
      csvText(
        Object.keys(rows[0] ?? { rank: 0 }),
        rows.map((row) => Object.values(row)),
      ),
    ],
  ]);
}
