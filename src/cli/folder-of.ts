import type { ArenaConfig } from './config/schema.js';
import type { LoggingProcess } from './log-file.js';

/** Who runs for long in a folder of its own. */
export type FolderOwner = Exclude<LoggingProcess, 'worker'>;

export function folderOf(name: FolderOwner, values: ArenaConfig): string {
  switch (name) {
    case 'arena':
      return values.state.folder;
    case 'deployer':
      return values.deployments.folder;
    case 'paper':
      return values.paper.folder;
  }
}
