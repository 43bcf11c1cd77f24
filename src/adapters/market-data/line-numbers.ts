/** The line in a file of each row: only where lines were skipped is anything kept. */
export interface LineNumbers {
  /** Rows are added in order; `line` is 1-based. */
  add(row: number, line: number): void;
  lineOf(row: number): number;
}

export function createLineNumbers(): LineNumbers {
  /** Row at which a stretch of lines without skips begins, and its line. */
  const rows: number[] = [];
  const lines: number[] = [];
  let nextLine = -1;
  return {
    add(row, line) {
      if (line !== nextLine) {
        rows.push(row);
        lines.push(line);
      }
      nextLine = line + 1;
    },
    lineOf(row) {
      const stretch = rows.findLastIndex((start) => start <= row);
      return row - (rows[stretch] ?? 0) + (lines[stretch] ?? 0);
    },
  };
}
