import { readFileSync } from 'node:fs';
import { type SourceMapPayload, SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { z } from 'zod';
import { PROGRAM_FOLDER } from './compiled.js';

const mapSchema: z.ZodType<SourceMapPayload> = z.object({
  file: z.string().default(''),
  version: z.literal(3),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()).default([]),
  names: z.array(z.string()),
  mappings: z.string(),
  sourceRoot: z.string().default(''),
});

/** A stack with places in the sources instead of those in the bundled program, wherever the map beside it can be read. */
export function readableStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(
    /(?<=[( ])([^\s()]+\.cjs):(\d+):(\d+)/g,
    (place, file: string, line: string, column: string) => {
      if (!maps.has(file)) maps.set(file, mapOf(file));
      const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !('originalSource' in entry)) return place;
      const source = relative(PROGRAM_FOLDER, resolve(dirname(file), entry.originalSource));
      return `${source}:${String(entry.originalLine + 1)}:${String(entry.originalColumn + 1)}`;
    },
  );
}

function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(mapSchema.parse(JSON.parse(readFileSync(`${file}.map`, 'utf8'))));
  } catch {
    // Then the stack stays as it is.
    return undefined;
  }
}
