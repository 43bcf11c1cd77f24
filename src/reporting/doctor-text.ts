/** `skip`: not needed, or not asked for. */
export type DoctorVerdict = 'ok' | 'warn' | 'fail' | 'skip';

export interface DoctorFinding {
  readonly check: string;
  readonly verdict: DoctorVerdict;
  readonly text: string;
  /** What to do; absent where nothing has to be done. */
  readonly advice?: string;
}

/** One line per check; what to do stands below it. */
export function doctorText(findings: readonly DoctorFinding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .flatMap(({ check, verdict, text, advice }) => [
      `${verdict.padEnd(6)}${check.padEnd(width + 2)}${text}`,
      ...(advice === undefined ? [] : [`${' '.repeat(width + 8)}-> ${advice}`]),
    ])
    .join('\n');
}
