import type { ArenaFlags } from './arena-config.js';

/** Flags of the paper trader's commands, as commander gives them. */
export type PaperFlags = ArenaFlags & {
  readonly reason?: string;
  readonly flatten?: boolean;
  readonly due?: string;
  readonly yes?: boolean;
  readonly tradeLog?: string;
};
