/** Places at which a test can kill the process: `ARENA_FAULT=before-commit:3` dies before the third commit. */
export type FaultPointName =
  | 'before-commit'
  | 'after-commit'
  | 'before-rename'
  | 'after-rename'
  | 'before-append'
  | 'after-append'
  | 'mid-group';

const [wanted, nth] = (process.env['ARENA_FAULT'] ?? '').split(':');
let left = nth === undefined ? 1 : Number(nth);

/** Kills this process, as a power cut would, when the environment asks for it here. */
export function faultPoint(name: FaultPointName): void {
  if (name !== wanted) return;
  left--;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}
