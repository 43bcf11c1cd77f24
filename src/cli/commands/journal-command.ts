import { once } from 'node:events';
import { resolve } from 'node:path';
import { dumpJournal } from '../../app/dump-journal.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { journalOf } from '../wire.js';

/** `arena journal dump`: canonical lines on stdout, as fast as the reader takes them. */
export async function journalDumpCommand(flags: ArenaFlags): Promise<number> {
  const store = journalOf(resolve(configFor(flags).values.state.folder), true);
  try {
    for (const line of dumpJournal(store))
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
    return EXIT.fine;
  } finally {
    store.close();
  }
}
