/** Whether an exchange can be reached, how far clocks are apart, what its limits say, and whether the symbols trade there. */
import { restUntil } from '../rest.js';
import { Problem } from '../../core/domain/problem.js';
import type { DoctorFinding, DoctorVerdict } from '../../reporting/doctor-text.js';
import { MINUTE_MS } from '../../core/domain/time.js';
import { type Venue, VenueFault } from '../../ports/venue.js';
import { durationWords } from '../../core/domain/duration-words.js';
import { adviseOnFault } from './advise-on-fault.js';
import { openVenue } from '../wire.js';

export interface ExchangeQuestion {
  readonly exchange: string;
  readonly instrument: 'spot' | 'perpetual';
  readonly url: string | undefined;
  readonly symbols: readonly string[];
  /** Whether a person chose them; if not, an exchange may well do without. */
  readonly areNamed: boolean;
  /** Whether anything here needs an exchange; if not, one that cannot be reached is no illness. */
  readonly isNeeded: boolean;
}

/** All of it together; an exchange that takes longer is as good as out of reach. */
const LIMIT_MS = 20_000;
const SKEW_WARN_MS = 1_000;
const SKEW_FAIL_MS = 300_000;
const SLOW_MS = 2_000;
const BUSY_FRACTION = 0.7;

export async function checkExchange(question: ExchangeQuestion): Promise<readonly DoctorFinding[]> {
  const { exchange, instrument, url, isNeeded } = question;
  const over = new AbortController();
  const unreachable: DoctorVerdict = isNeeded ? 'fail' : 'warn';
  let venue: Venue | undefined;
  const timer = setTimeout(() => {
    over.abort();
  }, LIMIT_MS);
  try {
    venue = await openVenue(
      {
        exchange,
        instrument,
        url,
        nowMs: () => Date.now(),
        sleep: (ms, signal) => restUntil(ms, [signal, over.signal]),
      },
      () => undefined,
    );
    const late = new Promise<never>((_, fail) => {
      over.signal.addEventListener('abort', () => {
        fail(new VenueFault('timeout', `${exchange}: no answer within ${String(LIMIT_MS / 1000)} s`));
      });
    });
    return await Promise.race([ask(venue, question), late]);
  } catch (error) {
    if (error instanceof Problem)
      return [
        {
          check: `exchange: ${exchange}`,
          verdict: 'fail',
          text: error.message,
          ...(error.hint === undefined ? {} : { advice: error.hint }),
        },
      ];
    if (!(error instanceof VenueFault)) throw error;
    return [
      {
        check: `exchange: ${exchange}`,
        verdict: unreachable,
        text: error.message,
        advice: isNeeded
          ? adviseOnFault(error)
          : 'only live markets and downloads need it; npm run doctor -- --offline leaves it out',
      },
    ];
  } finally {
    clearTimeout(timer);
    await venue?.close();
  }
}

async function ask(venue: Venue, question: ExchangeQuestion): Promise<DoctorFinding[]> {
  const { exchange } = question;
  const findings = await askClock(venue, exchange);
  findings.push(...(await askSymbols(venue, question)));
  const { loadFraction, requests } = venue.usage();
  const check = `limits: ${exchange}`;
  if (loadFraction === undefined)
    findings.push({
      check,
      verdict: 'ok',
      text: `the exchange tells no load; ${String(requests)} requests went through`,
    });
  else {
    const text = `${(100 * loadFraction).toFixed(1)} % of what this address may ask in a minute is used`;
    findings.push(
      loadFraction > BUSY_FRACTION
        ? {
            check,
            verdict: 'warn',
            text,
            advice: 'something else asks from this address: the arena would have to wait',
          }
        : { check, verdict: 'ok', text },
    );
  }
  return findings;
}

async function askClock(venue: Venue, exchange: string): Promise<DoctorFinding[]> {
  try {
    const { venueMs, sentMs, receivedMs } = await venue.time();
    const tripMs = receivedMs - sentMs;
    const aheadMs = (sentMs + receivedMs) / 2 - venueMs;
    const reach = `answers in ${String(Math.round(tripMs))} ms`;
    return [
      tripMs > SLOW_MS
        ? {
            check: `exchange: ${exchange}`,
            verdict: 'warn',
            text: reach,
            advice: 'a slow connection: bars come late',
          }
        : { check: `exchange: ${exchange}`, verdict: 'ok', text: reach },
      clockFinding(exchange, aheadMs, tripMs),
    ];
  } catch (error) {
    if (!(error instanceof VenueFault) || error.kind !== 'refused') throw error;
    return [{ check: `clock: ${exchange}`, verdict: 'skip', text: 'the exchange does not tell its time' }];
  }
}

/** Half of the way there and back is not known. */
function clockFinding(exchange: string, aheadMs: number, tripMs: number): DoctorFinding {
  const apartMs = Math.abs(aheadMs);
  const check = `clock: ${exchange}`;
  if (apartMs <= Math.max(SKEW_WARN_MS, tripMs / 2))
    return { check, verdict: 'ok', text: `${apartMs.toFixed(0)} ms apart` };
  const words = `this machine's clock is ${apartMs < MINUTE_MS * 2 ? `${(apartMs / 1000).toFixed(1)} s` : durationWords(apartMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the exchange's`;
  return {
    check,
    verdict: apartMs > SKEW_FAIL_MS ? 'fail' : 'warn',
    text: words,
    advice:
      'let the system keep its time (timedatectl set-ntp true); the arena measures and corrects what is left',
  };
}

async function askSymbols(
  venue: Venue,
  { exchange, symbols, areNamed }: ExchangeQuestion,
): Promise<DoctorFinding[]> {
  const check = `symbols: ${exchange}`;
  try {
    const told = await venue.instruments(symbols);
    const asleep = told.filter(({ status }) => status !== 'trading');
    if (asleep.length === 0) return [{ check, verdict: 'ok', text: `${symbols.join(', ')} trade` }];
    return [
      {
        check,
        verdict: asleep.some(({ status }) => status === 'delisted') ? 'fail' : 'warn',
        text: asleep.map(({ instrument, status }) => `${instrument.symbol} is ${status}`).join(', '),
        advice: 'leave them out of --symbols, or wait until they trade',
      },
    ];
  } catch (error) {
    if (!(error instanceof VenueFault) || error.kind !== 'unknown-symbol') throw error;
    return [
      areNamed
        ? { check, verdict: 'fail', text: error.message, advice: 'correct --symbols or market.symbols' }
        : { check, verdict: 'skip', text: error.message, advice: 'name yours with --symbols' },
    ];
  }
}
