import pc from 'picocolors';
import type { ArenaSettings } from '../app/arena-settings.js';
import { createLiveMeter } from '../app/metrics/live-meter.js';
import type { LogFields } from '../ports/process-log.js';
import type { LiveFeed } from '../app/live/live-feed.js';
import type { Arena } from '../core/arena/arena.js';
import type { Board } from '../core/arena/board.js';
import { durationWords } from '../core/domain/duration-words.js';
import { Problem } from '../core/domain/problem.js';
import { type TimeMs, formatForPeople, formatMinuteUtc, timeframeMs } from '../core/domain/time.js';
import type { MarketSource } from '../ports/market-source.js';
import { VenueFault } from '../ports/venue.js';
import type { LoadedConfig } from './config/load-config.js';
import { EXIT } from './exit-codes.js';
import { liveLabel } from './live-label.js';
import { liveMarketOf, newLiveSettings, openArenaFeed, openLiveSide } from './open-live-market.js';
import type { Output } from './output.js';
import { type StopSignal, listenForStop } from './stop-signal.js';
import { writeStartingHeartbeat } from './heartbeat.js';
import { whileWaiting } from './while-waiting.js';
import { folderProjections } from './wire.js';
import type { ProbeBoard } from './with-probes.js';

/** What an arena's loop needs of a live market. */
export interface LiveMarket {
  readonly source: MarketSource;
  readonly stop: StopSignal;
  /** The exchange's clock. */
  venueNowMs(): TimeMs;
  /** After every commit. */
  committed(): void;
  /** After the files for people were written, with the board in them. */
  shown(arena: Arena, board: Board | undefined): void;
  /** Real milliseconds in which a decision on the newest bar is still one: until the next bar closes. */
  leftMs(): number;
  /** Waits for the next bars and lets the arena's market grow; false when stopped. `beat` shows once a second that it lives. */
  more(arena: Arena, beat: (waitingFor?: string) => void): Promise<boolean>;
}

/** Opens the exchange that settings name (those of an old state, else the configuration's) and plays on it. */
export async function followMarket(
  folder: string,
  config: LoadedConfig,
  output: Output,
  probes: ProbeBoard,
  old: ArenaSettings | undefined,
  play: (settings: ArenaSettings, live: LiveMarket) => Promise<number>,
): Promise<number> {
  const { values } = config;
  const stop = listenForStop((text) => {
    output.note(text);
  });
  const told = (text: string, about?: LogFields): void => {
    output.say(text, about);
  };
  try {
    let follows: LiveFeed | undefined;
    const place = { folder, isBegun: old !== undefined };
    const side = await openLiveSide(old?.market ?? liveMarketOf(values), values, place, stop, told);
    try {
      const opening = async (): Promise<{ settings: ArenaSettings; feed: LiveFeed | undefined }> => {
        const settings = old ?? (await newLiveSettings(side, config, folder, told));
        const feed = await openArenaFeed(side, settings.market, values, () => stop.requested(), told);
        return { settings, feed };
      };
      const projections = folderProjections(folder);
      const { settings, feed } = await whileWaiting(
        opening(),
        () => {
          writeStartingHeartbeat(projections, 'the history of the market');
        },
        told,
      );
      if (feed === undefined) {
        output.say('stopped before the first bar; the history that was read is kept');
        return EXIT.fine;
      }
      const meter = createLiveMeter(
        feed,
        side.second === undefined ? [side.venue] : [side.venue, side.second],
      );
      probes.show(() => meter.families());
      const more = grower(feed, output);
      follows = feed;
      return await play(settings, {
        source: sourceOf(feed, settings.market),
        stop,
        venueNowMs: () => feed.state().venueNowMs,
        committed() {
          meter.committed(performance.now());
        },
        shown(arena, board) {
          meter.shown(arena, board);
        },
        leftMs: () => feed.state().leftMs / values.live.clockFactor,
        async more(arena, beat) {
          meter.sees(arena);
          // What has been is played, and the market's history is there.
          probes.ready();
          const grew = await more(arena, beat);
          meter.grown(performance.now());
          return grew;
        },
      });
    } finally {
      await follows?.close();
      await side.close();
    }
  } catch (error) {
    throw error instanceof VenueFault ? asProblem(error) : error;
  } finally {
    stop.dispose();
  }
}

function sourceOf({ market }: LiveFeed, settings: ArenaSettings['market']): MarketSource {
  return {
    generated: false,
    label: liveLabel(settings),
    endless: true,
    growing: true,
    load: () => market.table,
  };
}

function grower(feed: LiveFeed, output: Output): LiveMarket['more'] {
  let saidSeq: number | undefined;
  return async (arena, beat) => {
    const barMs = timeframeMs(arena.market.timeframe);
    const { nextCloseMs, lagMs } = feed.state();
    const since = saidSeq ?? arena.seq - 1;
    saidSeq = arena.seq;
    const rounds =
      arena.seq - since > 1
        ? `rounds ${String(since + 1)} to ${String(arena.seq)}`
        : `round ${String(arena.seq)}`;
    if (arena.seq > 0)
      output.say(
        `${rounds}: bar to ${formatMinuteUtc(arena.lastBarMs + barMs)}, ${lagMs === undefined ? '' : `settled ${(lagMs / 1000).toFixed(1)} s after its close; `}the next one closes at ${formatForPeople(nextCloseMs)}`,
        { round: arena.seq, lagMs: lagMs === undefined ? undefined : Math.round(lagMs) },
      );
    else
      output.say(`the first bar closes at ${formatForPeople(nextCloseMs)}; Ctrl-C ends, and nothing is lost`);
    const beatNow = (): void => {
      const { waitingFor } = feed.state();
      beat(waitingFor === undefined ? undefined : `waits for ${waitingFor}`);
    };
    beatNow();
    const grew = await whileWaiting(feed.next(), beatNow, (text) => {
      output.say(text, { fault: text });
    });
    if (grew === 'stopped') return false;
    arena.views.grow();
    return true;
  };
}

/** What a person can do when an exchange gives no answer at the start; later the feed waits. */
function asProblem(fault: VenueFault): Problem {
  if (fault.kind === 'unknown-symbol') return new Problem('input', fault.message, { cause: fault });
  if (fault.retryAfterMs !== undefined && (fault.kind === 'banned' || fault.kind === 'rate-limited'))
    return new Problem('degraded', fault.message, {
      hint: `wait ${durationWords(fault.retryAfterMs)} (asking earlier makes it longer), then start it again`,
      cause: fault,
    });
  return new Problem('degraded', fault.message, {
    hint: `${pc.bold('npm run doctor')} looks at the network, the clock and the exchange`,
    cause: fault,
  });
}
