import { escapeHtml } from '../escape-html.js';

export interface HtmlColumn<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right' | 'words';
  cell(row: Row): string;
  /** Colours gains and losses. */
  sign?(row: Row): number | undefined;
}

/** A table that scrolls sideways where the page is narrow. */
export function htmlTable<Row>(columns: readonly HtmlColumn<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return '<p class="muted">none</p>';
  const head = columns.map(({ title, align }) => `<th${classOf(align)}>${escapeHtml(title)}</th>`).join('');
  const body = rows
    .map((row) => {
      const cells = columns.map(
        (column) => `<td${classOf(column.align, column.sign?.(row))}>${escapeHtml(column.cell(row))}</td>`,
      );
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function classOf(align: HtmlColumn<unknown>['align'], sign = 0): string {
  const names = [
    ...(align === 'left' ? ['left'] : align === 'words' ? ['words'] : []),
    ...(sign > 0 ? ['gain'] : sign < 0 ? ['loss'] : []),
  ];
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}
