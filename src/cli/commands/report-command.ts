import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { parseTrades } from '../../app/parse-trades.js';
import { tradeFileFiles, tradeFilePage } from '../../reporting/report/trade-file-page.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { type Output, createOutput } from '../output.js';
import { contestantReport, fieldReportFiles } from '../report-arena.js';
import { type MadeReport, writeReport } from '../report-files.js';
import { paperReport } from '../report-paper.js';

type ReportFlags = Pick<ArenaFlags, 'state' | 'json' | 'config'> & {
  readonly contestant?: string;
  readonly cohort?: string | true;
  readonly paper?: string | true;
  readonly trades?: string;
  readonly out?: string;
};

/** `report`: 0 written, 1 written and the books of the paper account disagree. */
export function reportCommand(flags: ReportFlags): number {
  const output = createOutput(flags.json === true);
  const { files, ok, facts } = made(flags, output);
  const paths = writeReport(files, flags.out, output);
  output.answer({ ok, files: paths, ...facts });
  return ok ? EXIT.fine : EXIT.degraded;
}

function made(flags: ReportFlags, output: Output): MadeReport {
  const { contestant, cohort, paper, trades } = flags;
  const wanted = [
    contestant === undefined ? [] : ['--contestant'],
    cohort === undefined ? [] : ['--cohort'],
    trades === undefined ? [] : ['--trades'],
  ].flat();
  if (wanted.length > 1)
    throw new Problem('usage', `${wanted.join(' and ')} are two reports`, { hint: 'ask for one at a time' });
  if (trades !== undefined) return tradesReport(trades);
  const { state, config } = flags;
  const { values } = configFor({
    ...(state === undefined ? {} : { state }),
    ...(config === undefined ? {} : { config }),
    ...(typeof paper === 'string' ? { paper } : {}),
  });
  if (contestant !== undefined) return contestantReport(values, contestant, output);
  if (paper !== undefined && cohort === undefined) return paperReport(values, output);
  return fieldReportFiles(values, numberOf(cohort), output);
}

function numberOf(cohort: string | true | undefined): number | undefined {
  if (cohort === undefined || cohort === true) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(cohort))
    throw new Problem('usage', `--cohort: "${cohort}" is no number of a cohort`, {
      hint: 'cohorts are counted from 1',
    });
  return Number(cohort);
}

function tradesReport(file: string): MadeReport {
  const path = resolve(file);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Problem('input', `${path}: it cannot be read`, {
      cause: error,
      hint: '--trades takes a file like paper_trades/trades.csv',
    });
  }
  const { lines, passedOver } = parseTrades(bytes, path);
  const told = lines.flatMap(({ pnlUsd }) => pnlUsd ?? []);
  const report = {
    name: basename(path),
    fills: lines.map(({ fill }) => fill),
    passedOver,
    toldUsd: told.length === 0 ? undefined : told.reduce((sum, value) => sum + value, 0),
  };
  return {
    files: {
      what: `trades-${basename(path, '.csv')}`,
      lastBarMs: lines.at(-1)?.fill.timeMs ?? NaN,
      html: tradeFilePage(report),
      files: tradeFileFiles(report),
      picture: undefined,
    },
    ok: true,
    facts: { fills: lines.length, passedOver },
  };
}
