import { join, relative, resolve } from 'node:path';
import { standalonePicture } from '../reporting/charts/chart-style.js';
import type { Output } from './output.js';
import { pngOf, writeFolder } from './wire.js';

/** A report ready to be written. */
interface ReportFiles {
  /** Names the folder, where no other is wanted. */
  readonly what: string;
  readonly lastBarMs: number;
  readonly html: string;
  readonly files: ReadonlyMap<string, string>;
  /** The picture to take along; undefined where there is none. */
  readonly picture: string | undefined;
}

/** What to write, whether everything in it agrees, and what a program is told of it at once. */
export interface MadeReport {
  readonly files: ReportFiles;
  readonly ok: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Writes everything into one folder and says where. */
export function writeReport(report: ReportFiles, out: string | undefined, output: Output): string[] {
  const folder = resolve(out ?? join('reports', folderName(report)));
  const { picture } = report;
  const all = new Map([['report.html', report.html], ...report.files]);
  if (picture !== undefined) all.set('equity.svg', standalonePicture(picture));
  writeFolder(folder, all);
  const names = [...all.keys()];
  if (picture !== undefined) {
    const why = pngOf(join(folder, 'equity.svg'), join(folder, 'equity.png'), sizeOf(picture));
    if (why === undefined) names.push('equity.png');
    else output.say(`no equity.png: ${why}; equity.svg is the same picture`);
  }
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) output.say(relative('.', path).startsWith('..') ? path : relative('.', path));
  return paths;
}

function folderName({ what, lastBarMs }: ReportFiles): string {
  const plain = what
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const time = Number.isFinite(lastBarMs)
    ? new Date(lastBarMs).toISOString().slice(0, 13).replace('T', '-')
    : 'empty';
  return `${plain}-${time}`;
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width = '860', height = '400'] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
