import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { fixed, grouped, textTable } from '../../reporting/text-table.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { probeLock } from '../wire.js';
import { parsePositionsState } from '../positions-state.js';
import type { PaperFlags } from '../paper-flags.js';

const SHOWN_TRADES = 20;

/** `paper show | positions | trades`: what the paper trader last wrote. */
export function showPaperCommand(what: 'show' | 'positions' | 'trades', flags: PaperFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.paper.folder);
  const read = (name: string): string => {
    const path = join(folder, name);
    if (!existsSync(path))
      throw new Problem('not-running', `${path}: there is no paper account yet`, { hint: 'npm run paper' });
    return readFileSync(path, 'utf8');
  };
  if (what === 'trades') {
    const [header = '', ...rows] = read('trades.csv').trimEnd().split('\n');
    const shown = rows.slice(-SHOWN_TRADES);
    output.answer(shown.map((row) => fieldsOf(header, row)));
    if (!output.json) output.say([header, ...shown].join('\n'));
    return EXIT.fine;
  }
  const state = parsePositionsState(read('positions_state.json'), join(folder, 'positions_state.json'));
  output.answer(what === 'show' ? state : state.positions);
  if (output.json) return EXIT.fine;
  const running = probeLock(folder).locked;
  if (what === 'show') {
    output.say(`paper trader  ${running ? 'RUNNING' : 'not running'}`);
    output.say(
      `champion      ${state.champion === null ? 'none' : `${state.champion.name} (${state.champion.id.slice(0, 8)})`}, generation ${String(state.generation)}`,
    );
    output.say(`last bar      ${state.timestamp ?? 'none'}, ${grouped(state.rounds)} rounds`);
    output.say(`equity        ${grouped(state.portfolio_value, 2)} USD, cash ${grouped(state.cash, 2)} USD`);
    output.say(
      `P&L           realised ${fixed(state.realized_pnl, 2)}, open ${fixed(state.unrealized_pnl, 2)} USD; fees ${fixed(state.fees_paid, 2)} USD`,
    );
    output.say(`latch         ${state.latch ?? 'none'}`);
    if (state.fault !== null) output.say(`FAULT         ${state.fault}`);
  }
  const rows = state.positions;
  output.say(
    rows.length === 0
      ? 'no positions'
      : textTable(
          [
            { title: 'Symbol', align: 'left', cell: (p) => p.ticker },
            { title: 'Quantity', align: 'right', cell: (p) => short(p.holdings) },
            { title: 'Entry', align: 'right', cell: (p) => short(p.entry_price) },
            { title: 'Mark', align: 'right', cell: (p) => short(p.current_price) },
            { title: 'Open P&L', align: 'right', cell: (p) => fixed(p.unrealized_pnl, 2) },
            { title: '%', align: 'right', cell: (p) => fixed(p.pnl_pct, 2) },
            {
              title: 'Stop',
              align: 'right',
              cell: (p) => (p.stop_loss_price === 0 ? '-' : short(p.stop_loss_price)),
            },
            { title: 'Traded', align: 'left', cell: (p) => (p.traded_by_champion ? 'yes' : 'orphan') },
          ],
          rows,
        ).join('\n'),
  );
  return EXIT.fine;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function fieldsOf(header: string, row: string): Record<string, string> {
  const cells = row.split(',');
  return Object.fromEntries(header.split(',').map((name, i) => [name, cells[i] ?? '']));
}
