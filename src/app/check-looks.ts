import type { StoredLook } from '../ports/arena-store.js';

/**
 * The rows of looks and verdicts against those that the journal's events give. Throws with the first that differs,
 * named by cohort and look; returns what was compared.
 */
export function checkLooks(rows: readonly StoredLook[], events: readonly StoredLook[]): string {
  const told = new Map(events.map((look) => [nameOf(look), look]));
  const kept = new Map(rows.map((look) => [nameOf(look), look]));
  for (const [name, look] of told) {
    const row = kept.get(name);
    if (row === undefined) throw new Error(`${name}: its row is missing`);
    if (row.seq !== look.seq) throw new Error(`${name}: its row names round ${String(row.seq)}`);
    if (row.body !== look.body) throw new Error(`${name}: its row was changed`);
    checkVerdicts(name, row, look);
  }
  for (const name of kept.keys())
    if (!told.has(name)) throw new Error(`${name}: there is a row, and the journal has no such look`);
  const verdicts = events.reduce((sum, look) => sum + look.verdicts.length, 0);
  return `${String(events.length)} looks, ${String(verdicts)} verdicts`;
}

function checkVerdicts(name: string, row: StoredLook, look: StoredLook): void {
  const kept = new Map(row.verdicts.map(({ position, body }) => [position, body]));
  for (const { position, body } of look.verdicts) {
    const found = kept.get(position);
    const whose = `${name}: the verdict of contestant ${String(position)}`;
    if (found === undefined) throw new Error(`${whose} is missing`);
    if (found !== body) throw new Error(`${whose} was changed`);
    kept.delete(position);
  }
  const [more] = kept.keys();
  if (more !== undefined)
    throw new Error(`${name}: there is a verdict of contestant ${String(more)}, who was not judged`);
}

function nameOf({ cohort, ageHours }: StoredLook): string {
  return `cohort ${String(cohort)}, look at ${String(ageHours)} h`;
}
