/** The paper account after a round, as one blob. */
import type { ByteReader } from '../domain/byte-reader.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { Problem } from '../domain/problem.js';
import type { TimeMs } from '../domain/time.js';
import { readSession, writeSession } from '../session/session-codec.js';
import { openSession } from '../session/session.js';
import type { StrategyKind } from '../strategies/strategy.js';
import type { Champion } from './champion.js';
import { type Paper, planOf } from './paper.js';

const STATE_VERSION = 1;

export interface PaperHead {
  readonly version: number;
  readonly seq: number;
  readonly nextBarMs: TimeMs;
  readonly firstBarMs: TimeMs;
  /** Null before the first round. */
  readonly lastBarMs: TimeMs | null;
  readonly marketDigest: string;
  readonly lastHash: string;
  readonly generation: number;
  /** Absent in accounts that were saved before it was kept. */
  readonly refusedGeneration?: number;
  readonly champion: Champion | null;
  readonly orphans: readonly string[];
}

export function encodePaper(paper: Paper, nextBarMs: TimeMs): Uint8Array {
  const out = createByteWriter();
  const head: PaperHead = {
    version: STATE_VERSION,
    seq: paper.seq,
    nextBarMs,
    firstBarMs: paper.firstBarMs,
    lastBarMs: Number.isNaN(paper.lastBarMs) ? null : paper.lastBarMs,
    marketDigest: paper.marketDigest,
    lastHash: paper.lastHash,
    generation: paper.generation,
    refusedGeneration: paper.refusedGeneration,
    champion: paper.champion ?? null,
    orphans: paper.session.plan.orphans ?? [],
  };
  out.text(JSON.stringify(head));
  writeSession(paper.session, out);
  return out.finish();
}

export function readPaperHead(input: ByteReader): PaperHead {
  const head = JSON.parse(input.text()) as PaperHead;
  if (head.version !== STATE_VERSION)
    throw new Problem(
      'foreign',
      `the paper account has layout ${String(head.version)}, this program reads ${String(STATE_VERSION)}`,
      {
        hint: 'run the program that made it, or move it aside with npm run paper -- reset',
      },
    );
  return head;
}

/** Fills a paper account that has just been opened; `kind` runs the champion that the head names. */
export function readPaperBody(paper: Paper, head: PaperHead, kind: StrategyKind, input: ByteReader): void {
  paper.seq = head.seq;
  paper.firstBarMs = head.firstBarMs;
  paper.lastBarMs = head.lastBarMs ?? NaN;
  paper.marketDigest = head.marketDigest;
  paper.lastHash = head.lastHash;
  paper.generation = head.generation;
  paper.refusedGeneration = head.refusedGeneration ?? 0;
  paper.champion = head.champion ?? undefined;
  const plan = planOf(paper.rules, paper.champion, kind, head.orphans, paper.market);
  paper.session = openSession(plan, paper.views, paper.ledger);
  readSession(paper.session, input);
  input.end();
}
