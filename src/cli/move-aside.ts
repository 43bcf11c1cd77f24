import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** What stays where it is: the folder's own text, the lock that is held, and earlier states. */
const STAYS = /^(README\.md|\.gitignore|lock\..*|aside-.*)$/;

/** Moves a state into `aside-<time>/` within its folder. Returns the new place; undefined when there was nothing. */
export function moveAside(folder: string, nowMs: number): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => !STAYS.test(name));
  if (names.length === 0) return undefined;
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('.', '-');
  const target = join(folder, `aside-${stamp}`);
  mkdirSync(target);
  for (const name of names) renameSync(join(folder, name), join(target, name));
  return target;
}

/** Puts an earlier state back; what stands in its place, of an arena that never played a round, goes. */
export function moveBack(folder: string, aside: string): void {
  for (const name of readdirSync(folder))
    if (!STAYS.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(folder, name));
  rmdirSync(aside);
}
