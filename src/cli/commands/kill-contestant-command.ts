import { Problem } from '../../core/domain/problem.js';
import type { PaperFlags } from '../paper-flags.js';
import { contestantCommand } from './request-commands.js';

/** `kill --contestant`: retires that contestant through the arena's inbox; the paper trader is left alone. */
export function killContestantCommand(contestant: string, flags: PaperFlags): number {
  if (flags.flatten === true)
    throw new Problem('usage', '--flatten is for the paper trader, --contestant for the arena', {
      hint: 'give one of them',
    });
  return contestantCommand('retire', contestant, flags);
}
