/** Checks the paper account against its own journal: chain, candles, books, hand-overs and files. Reads only. */
import type { Paper } from '../core/deployment/paper.js';
import { assertConserved } from '../core/domain/account.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import { heldSymbols } from '../core/deployment/carry-over.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Projections } from '../ports/projections.js';
import { EQUITY_HEADER, TRADES_HEADER, positionsStateJson } from '../reporting/paper-files.js';
import { type Check, attempt, fileCheck, readChain } from './check.js';
import { nextPaperBarMs, openPaperState } from './open-paper.js';
import { retakeFromVenue } from './opened-inputs.js';
import { type Reign, linesOf } from './paper-lines.js';
import { checkHandovers } from './check-handovers.js';
import { type PaperReplay, replayPaper } from './replay-paper.js';

export interface VerifyPaperWorld extends PaperReplay {
  readonly store: ArenaStore;
  readonly projections: Projections;
  /** Plays everything again as well. */
  readonly replay: boolean;
  /** While the paper trader runs, files may be older than the journal: they are not compared. */
  readonly running: boolean;
}

export function verifyPaper(world: VerifyPaperWorld): Check[] {
  const { store, settings, market, kinds, hash } = world;
  const chain = attempt('hash chain', () => {
    const rounds = readChain(store, hash, 'round');
    return {
      value: rounds,
      detail: `${String(rounds.length)} rounds, last ${rounds.at(-1)?.hash.slice(0, 12) ?? 'none'}`,
    };
  });
  const checks = [chain.check];
  const rounds = chain.value;
  const opened = attempt('candles are the ones used', () => {
    const paper = openPaperState(store, market, settings, kinds, hash);
    const told = rounds?.at(-1)?.marketDigest;
    if (told !== undefined && told !== paper.marketDigest)
      throw new Error('the last round names other candles than the saved state');
    const until = paper.seq === 0 ? 'the start' : formatMinuteUtc(paper.lastBarMs);
    return { value: paper, detail: `${String(market.symbols.length)} symbols up to ${until}` };
  });
  checks.push(opened.check);
  if (rounds === undefined || opened.value === undefined) return checks;
  const paper = opened.value;
  checks.push(attempt('books add up', () => checkBooks(paper, rounds)).check);
  checks.push(
    attempt('hand-overs', () => checkHandovers(rounds, { ...world, ...settings, symbols: market.symbols }))
      .check,
  );
  retakeFromVenue(store, paper);
  checks.push(...checkFiles(world, paper, rounds));
  if (world.replay)
    checks.push(attempt('replay gives the same hashes', () => replayPaper(world, rounds)).check);
  return checks;
}

/** The saved account against the ledger of the rounds: cash, quantities, what trading cost, and the last mark. */
function checkBooks(paper: Paper, rounds: readonly StoredRound[]): { value: true; detail: string } {
  const { account } = paper.session;
  assertConserved(account, 'the paper account');
  const sums = {
    fills: 0,
    feesUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    fundingUsd: 0,
    modelCostUsd: 0,
    wins: 0,
  };
  const quantities = new Map<string, number>();
  let cashUsd = paper.rules.cashUsd;
  let realisedUsd = 0;
  let last: StoredRound | undefined;
  const take = (entry: LedgerEntry): void => {
    cashUsd = entry.cashAfterUsd;
    const symbol = paper.market.symbols[entry.symbol];
    if (symbol !== undefined) quantities.set(symbol, entry.quantityAfter);
    if (entry.effect === 'funding') sums.fundingUsd -= entry.amountUsd;
    else if (entry.effect === 'model-cost') sums.modelCostUsd -= entry.amountUsd;
    else {
      sums.fills++;
      sums.feesUsd += entry.feeUsd;
      sums.spreadUsd += entry.spreadUsd;
      sums.slippageUsd += entry.slippageUsd;
      if (entry.effect === 'exit') realisedUsd += entry.amountUsd + entry.absorbedUsd;
      if (entry.closesTrade && entry.closedTradeNetUsd > 0) sums.wins++;
    }
  };
  for (const round of rounds) {
    for (let i = 0; i < ledgerCount(round.fills); i++) take(readLedgerEntry(round.fills, i));
    last = round;
  }
  const differs = (what: string, saved: number, journal: number): void => {
    if (saved !== journal)
      throw new Error(`${what} is ${String(saved)} in the state, ${String(journal)} in the journal`);
  };
  differs('rounds', paper.seq, rounds.length);
  differs('cash', account.cashUsd, cashUsd);
  differs('realised result', account.realisedUsd, realisedUsd);
  for (const what of Object.keys(sums) as (keyof typeof sums)[]) differs(what, account[what], sums[what]);
  differs('equity', paper.session.equityUsd, last?.marks[0] ?? paper.rules.cashUsd);
  heldSymbols(paper.session).forEach((symbol, own) => {
    differs(`quantity of ${symbol}`, account.positions[own]?.quantity ?? 0, quantities.get(symbol) ?? 0);
    quantities.delete(symbol);
  });
  for (const [symbol, quantity] of quantities) differs(`quantity of ${symbol}`, 0, quantity);
  return { value: true, detail: `${String(sums.fills)} fills, ${paper.session.equityUsd.toFixed(2)} USD` };
}

function checkFiles(world: VerifyPaperWorld, paper: Paper, rounds: readonly StoredRound[]): Check[] {
  if (world.running) return [{ name: 'files', ok: true, detail: 'not compared while the paper trader runs' }];
  const reign: Reign = { champion: '', generation: 0 };
  const { trades, equity } = linesOf(rounds, reign, paper.market);
  const csv = (header: string, lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`;
  const { projections } = world;
  const state = positionsStateJson(paper, nextPaperBarMs(paper));
  return [
    fileCheck('trades.csv', projections.read('trades.csv'), csv(TRADES_HEADER, trades)),
    fileCheck('equity.csv', projections.read('equity.csv'), csv(EQUITY_HEADER, equity)),
    fileCheck('positions_state.json', projections.read('positions_state.json'), state),
  ];
}
