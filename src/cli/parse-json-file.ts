import { Problem } from '../core/domain/problem.js';

/** Parses JSON text; a Problem names file, line and column. */
export function parseJsonFile(text: string, file: string): unknown {
  if (text.trim() === '')
    throw new Problem('input', `${file}: is empty, expected JSON`, { hint: 'delete the file or fill it in' });
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Problem('input', `${file}${positionIn(text, message)}: not JSON (${message})`, {
      hint: 'a missing or extra comma or quote is the usual reason',
      cause: error,
    });
  }
}

/** V8 says either "position 12" or "line 3 column 4"; an unexpected end is at the end of the text. */
function positionIn(text: string, message: string): string {
  const lineColumn = /line (\d+) column (\d+)/.exec(message);
  if (lineColumn !== null) return `: line ${lineColumn[1] ?? ''}, column ${lineColumn[2] ?? ''}`;
  const position = /position (\d+)/.exec(message);
  const at = position === null ? text.length : Number(position[1]);
  const before = text.slice(0, at).split('\n');
  return `: line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`;
}
