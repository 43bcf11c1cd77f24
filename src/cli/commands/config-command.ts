import { type Column, textTable } from '../../reporting/text-table.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { type ConfigRow, describeConfig } from '../config/describe-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';

/** `arena config`: every setting, its value, and who set it. */
export function configCommand(flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const loaded = configFor(flags);
  const columns: Column<ConfigRow>[] = [
    { title: 'key', align: 'left', cell: (row) => row.key },
    { title: 'value', align: 'left', maxWidth: 40, cell: (row) => row.value },
    { title: 'from', align: 'left', cell: (row) => row.origin },
    { title: 'meaning', align: 'left', cell: (row) => row.description },
  ];
  const rows = describeConfig(loaded);
  output.answer({ values: loaded.values, origins: loaded.origins, file: loaded.file ?? null });
  if (!output.json) output.say(textTable(columns, rows).join('\n'));
  return EXIT.fine;
}
