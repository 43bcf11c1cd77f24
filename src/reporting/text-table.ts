/** Plain aligned columns: read in a terminal, in an editor, with `cat` and with `grep`. */
export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Longer cells are cut with an ellipsis. */
  readonly maxWidth?: number;
  cell(row: Row): string;
}

/** Lines of a table: a head and one line per row; two spaces between columns, nothing at the end of a line. */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map((column) => cut(column.cell(row), column.maxWidth)));
  const widths = columns.map((column, k) =>
    Math.max(column.title.length, ...cells.map((line) => line[k]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, k) => {
        const width = widths[k] ?? 0;
        return columns[k]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...cells.map(line)];
}

function cut(text: string, maxWidth: number | undefined): string {
  return maxWidth === undefined || text.length <= maxWidth ? text : `${text.slice(0, maxWidth - 1)}…`;
}

/** A number with fixed decimals, or n/a: what cannot be measured is not zero. */
export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return 'n/a';
  const text = value.toFixed(decimals);
  // -0.00 reads like a loss.
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}

/** 12,345: thousands separated, for counts and dollars. */
export function grouped(value: number, decimals = 0): string {
  const [whole = '', fraction] = fixed(value, decimals).split('.');
  const separated = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
