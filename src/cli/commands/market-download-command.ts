import { join, resolve } from 'node:path';
import { restUntil } from '../rest.js';
import { type DownloadedSymbol, downloadMarket } from '../../app/download-market.js';
import { type MarketCheck, checkMarket } from '../../app/check-market.js';
import { venueProblem } from '../../app/venue-problem.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { DEFAULT_COSTS } from '../../core/domain/costs.js';
import { grouped } from '../../reporting/text-table.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { VenueFault } from '../../ports/venue.js';
import { parseEnd, parseFrom } from '../parse-date.js';
import { type Count, startRate } from '../progress.js';
import { sayOnce } from '../say-once.js';
import { listenForStop } from '../stop-signal.js';
import { whileWaiting } from '../while-waiting.js';
import { candleFolder, marketArchive, openVenue, takeFolder } from '../wire.js';

interface DownloadFlags extends ArenaFlags {
  readonly out: string;
}

/** `market download`: 0 done or stopped in order, 1 the exchange or the disk failed. */
export async function marketDownloadCommand(flags: DownloadFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const say = (text: string): void => {
    output.say(text);
  };
  const { market } = configFor(flags).values;
  const { exchange, timeframe, instrument } = market;
  const barMs = timeframeMs(timeframe);
  const fromMs = flags.from === undefined ? undefined : parseFrom(flags.from, '--from');
  const endMs = flags.to === undefined ? Infinity : parseEnd(flags.to, '--to', barMs);
  if (fromMs !== undefined && fromMs >= endMs)
    throw new Problem('usage', `--from ${flags.from ?? ''} is after --to ${flags.to ?? ''}`, {
      hint: 'give the earlier date to --from',
    });
  const kind = instrument === 'spot' ? '' : 'perpetual-';
  const folder = resolve(join(flags.out, `${exchange}-${kind}${timeframe}`));
  const archive = marketArchive(folder);
  const symbols = market.symbols ?? symbolsOf(archive.card()?.symbols);
  const stop = listenForStop(say, 'after the bars that are under way');
  const lock = takeDownloads(folder);
  let bar: Count | undefined;
  let doneBars = 0;
  /** The newest fault since the last bar came. */
  let waits: string | undefined;
  const hearFault = sayOnce((text) => {
    if (bar === undefined && flags.quiet !== true) output.note(`${text}; asked again`);
  });
  try {
    const venue = await openVenue(
      {
        exchange,
        instrument,
        url: market.exchangeUrl,
        nowMs: () => Date.now(),
        // A stop ends every wait.
        sleep: (ms, signal) => restUntil(ms, [signal, stop.signal]),
        onFault({ message }) {
          waits = message;
          hearFault(message);
        },
      },
      say,
    );
    let downloaded: readonly DownloadedSymbol[];
    try {
      const download = downloadMarket(venue, archive, {
        symbols,
        timeframe,
        instrument,
        fromMs,
        endMs,
        stopRequested: () => stop.requested(),
        told: say,
        progress(done, of) {
          bar ??= startRate(of, done, flags.quiet === true, 'bars');
          doneBars = done;
          waits = undefined;
          bar.update(done);
        },
      });
      downloaded = await whileWaiting(download, () => bar?.update(doneBars, waits));
    } catch (error) {
      // A stop ends waits and questions as well; whole lines are safe.
      if (stop.requested() && error instanceof VenueFault) downloaded = [];
      else
        throw venueProblem(
          error,
          `run the same command again: it goes on after the last whole line in ${folder}`,
        );
    } finally {
      bar?.stop();
      await venue.close();
    }
    const there = downloaded.filter(({ lastMs }) => lastMs !== undefined);
    const check = there.length === 0 ? undefined : checkMarket([candleFolder(folder)], timeframe);
    output.answer(answerOf(folder, downloaded, check, stop.requested()));
    if (!output.json) {
      for (const line of linesOf(downloaded, check)) output.say(line);
      tellFees(downloaded, say);
      output.say(
        stop.requested()
          ? 'stopped; the same command goes on from here'
          : there.length === 0
            ? `nothing to play on yet: there was no bar from --from on`
            : `ready: npm run arena -- --market ${join(flags.out, `${exchange}-${kind}${timeframe}`)} --timeframe ${timeframe}`,
      );
    }
    return EXIT.fine;
  } finally {
    lock.release();
    stop.dispose();
  }
}

function takeDownloads(folder: string): ReturnType<typeof takeFolder> {
  try {
    return takeFolder(folder);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'locked') throw error;
    throw new Problem('locked', error.message, {
      hint: 'wait for that download, or name another folder with --out',
      cause: error,
    });
  }
}

function symbolsOf(
  known: Readonly<Record<string, { readonly symbol: string }>> | undefined,
): readonly string[] {
  const symbols = Object.values(known ?? {}).map(({ symbol }) => symbol);
  if (symbols.length > 0) return symbols;
  throw new Problem('usage', '--symbols names none, and the folder has none yet', {
    hint: 'for example --symbols BTC/USDT,ETH/USDT',
  });
}

function answerOf(
  folder: string,
  downloaded: readonly DownloadedSymbol[],
  check: MarketCheck | undefined,
  stopped: boolean,
): object {
  return {
    folder,
    stopped,
    symbols: downloaded.map((one) => {
      const { symbol, name, addedBars, filledBars, addedRates, lastMs, takerFeeBps, makerFeeBps } = one;
      const inspection = inspectionOf(check, name);
      return {
        symbol,
        name,
        addedBars,
        filledBars,
        addedRates,
        bars: inspection?.bars ?? 0,
        first: isoOrNull(inspection?.firstMs),
        last: isoOrNull(lastMs),
        gaps: inspection?.counts.gap ?? 0,
        missing: inspection?.missing ?? 0,
        takerFeeBps: takerFeeBps ?? null,
        makerFeeBps: makerFeeBps ?? null,
      };
    }),
  };
}

function linesOf(downloaded: readonly DownloadedSymbol[], check: MarketCheck | undefined): string[] {
  const width = Math.max(...downloaded.map(({ symbol }) => symbol.length));
  return downloaded.map(({ symbol, name, fromMs, addedBars, filledBars, addedRates, lastMs }) => {
    const inspection = inspectionOf(check, name);
    if (inspection?.firstMs === undefined || lastMs === undefined)
      return `${symbol.padEnd(width)}  no bars at this exchange in that time`;
    const filled = filledBars === 0 ? '' : ` and ${grouped(filledBars)} that were missing`;
    const rates = addedRates === 0 ? '' : `, ${grouped(addedRates)} funding rates`;
    const begins =
      inspection.firstMs > fromMs
        ? ` (asked from ${formatForPeople(fromMs)} on, the exchange has none before)`
        : '';
    const gaps =
      inspection.missing === 0
        ? 'no gaps'
        : `${grouped(inspection.counts.gap)} ${inspection.counts.gap === 1 ? 'gap' : 'gaps'}, ${grouped(inspection.missing)} ${inspection.missing === 1 ? 'bar' : 'bars'} missing (market -- check shows where)`;
    return `${symbol.padEnd(width)}  ${grouped(addedBars)} new bars${filled}${rates}; ${formatForPeople(inspection.firstMs)} to ${formatForPeople(lastMs)}${begins}, ${gaps}`;
  });
}

function inspectionOf(
  check: MarketCheck | undefined,
  name: string,
): MarketCheck['folders'][number]['series'][number]['inspection'] {
  return check?.folders[0]?.series.find(({ symbol }) => symbol === name)?.inspection;
}

/** The form of recorded markets knows no fees: what the exchange takes is said where it is not what arenas take. */
function tellFees(downloaded: readonly DownloadedSymbol[], say: (text: string) => void): void {
  const fees = downloaded.map(({ takerFeeBps }) => takerFeeBps).filter((fee) => fee !== undefined);
  const most = Math.max(...fees);
  if (fees.length === 0 || most === DEFAULT_COSTS.takerFeeBps) return;
  say(
    `this exchange takes ${String(most)} bps of every trade, arenas by themselves ${String(DEFAULT_COSTS.takerFeeBps)}: "costs": { "takerFeeBps": ${String(most)} } in arena.config.json`,
  );
}

function isoOrNull(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
