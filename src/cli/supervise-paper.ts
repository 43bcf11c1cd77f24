/** The shell of supervision: looks at the paper trader, starts it in the background, and ends the one that hangs. */
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type PaperExit,
  type SupervisionTimes,
  type SupervisorEffect,
  beginSupervision,
  superviseStep,
} from '../core/deployment/supervisor.js';
import type { TimeMs } from '../core/domain/time.js';
import { noteOfSupervision } from '../app/note-of-supervision.js';
import type { Note } from '../ports/notifier.js';
import type { PaperTraderReport } from '../reporting/deployment-files.js';
import { placeArguments, startInBackground } from './background.js';
import type { ArenaConfig } from './config/schema.js';
import type { PaperFlags } from './paper-flags.js';
import { rest } from './rest.js';
import { holderOf, signalHolder } from './verified-holder.js';
import { folderProjections } from './wire.js';

const LOOK_EVERY_MS = 200;
/** How long a child may take to end when the deployer ends. */
const END_MS = 1500;

export interface PaperSupervisor {
  /** May be called as often as one likes. */
  look(): void;
  report(): PaperTraderReport;
  /** Ends the child of this process; a paper trader that somebody else started goes on. */
  end(): Promise<void>;
}

const nextSchema = z.looseObject({ next_bar: z.string() });

export function supervisePaper(
  values: ArenaConfig,
  flags: PaperFlags,
  times: SupervisionTimes,
  clock: () => TimeMs,
  say: (text: string) => void,
  tell: (note: Note) => void,
): PaperSupervisor {
  const folder = resolve(values.paper.folder);
  let state = beginSupervision(performance.now());
  let child: ChildProcess | undefined;
  let exit: PaperExit | null = null;
  let lookedMs = -Infinity;
  const perform = (effect: SupervisorEffect): void => {
    if (effect.do === 'say') say(effect.text);
    else if (effect.do === 'start') start();
    else signal(effect.pid, effect.do === 'stop' ? 'SIGTERM' : 'SIGKILL');
  };
  const start = (): void => {
    const started = startInBackground(values, 'paper', placeArguments(values, flags));
    child = started.child;
    say(`starting the paper trader (${String(child.pid ?? 'not started')}); it writes ${started.log}`);
    const gone = (how: PaperExit): void => {
      if (child === started.child) child = undefined;
      exit = how;
    };
    started.child.on('exit', (code, name) => {
      gone(code ?? name ?? 'unknown');
    });
    started.child.on('error', (error) => {
      gone(error.message);
    });
  };
  const signal = (pid: number, name: NodeJS.Signals): void => {
    if (child?.pid === pid) child.kill(name);
    else if (!signalHolder(folder, pid, name))
      say(`the paper trader (${String(pid)}) could not be signalled`);
  };
  return {
    look() {
      const now = performance.now();
      if (now - lookedMs < LOOK_EVERY_MS) return;
      lookedMs = now;
      const clockMs = clock();
      const seen = {
        arenaHasBegun: !Number.isNaN(clockMs),
        holder: holderOf(folder),
        child: child?.pid ?? null,
        exit,
        nextBarMs: nextBarOf(folder),
        clockMs: Number.isNaN(clockMs) ? null : clockMs,
      };
      exit = null;
      const step = superviseStep(state, seen, now, times);
      const note = noteOfSupervision(state, step.state);
      state = step.state;
      if (note !== undefined) tell(note);
      step.effects.forEach(perform);
    },
    report: () => ({ state: state.phase, restarts: state.restarts, last_exit: state.lastExit }),
    async end() {
      const ours = child;
      if (ours === undefined) return;
      ours.kill('SIGTERM');
      await rest(END_MS, () => child === undefined);
      if (child === undefined) return;
      say(`the paper trader (${String(ours.pid)}) did not end in time and was killed; its journal is whole`);
      ours.kill('SIGKILL');
    },
  };
}

/** Undefined text, a torn or a foreign file: nothing is known. */
function nextBarOf(folder: string): TimeMs | null {
  try {
    const text = folderProjections(folder).read('positions_state.json');
    if (text === undefined) return null;
    const next = Date.parse(nextSchema.parse(JSON.parse(text)).next_bar);
    return Number.isNaN(next) ? null : next;
  } catch {
    return null;
  }
}
