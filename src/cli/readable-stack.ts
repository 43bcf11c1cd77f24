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

/** A line of a stack that is in a bundled program; an object's or a class's method is called by a name with a dot in it. */
const FRAME =
  /^(?<head>\s+at (?:async |new )*)(?:(?<called>\S+) \()?(?<file>[^\s()]+\.cjs):(?<line>\d+):(?<column>\d+)\)?$/;

interface Frame {
  readonly head: string;
  readonly called: string | undefined;
  /** In the sources. */
  readonly place: string;
  /** What stands there in the sources, where the build has renamed it: what was called, and so the function of the frame above. */
  readonly name: string | undefined;
}

/**
 * A stack with places and names of the sources instead of those in the bundled program, wherever the map beside it can be read. Of a
 * function that is not known by its caller the place is told alone.
 */
export function readableStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  const lines = stack.split('\n');
  const frames = lines.map((line) => frameOf(line, maps));
  return lines
    .map((line, i) => {
      const frame = frames[i];
      if (frame === undefined) return line;
      const called = frame.called?.includes('.') === true ? frame.called : frames[i + 1]?.name;
      return `${frame.head}${called === undefined ? frame.place : `${called} (${frame.place})`}`;
    })
    .join('\n');
}

function frameOf(text: string, maps: Map<string, SourceMap | undefined>): Frame | undefined {
  const { head = '', called, file, line, column } = FRAME.exec(text)?.groups ?? {};
  if (file === undefined) return undefined;
  if (!maps.has(file)) maps.set(file, mapOf(file));
  const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  const source = relative(PROGRAM_FOLDER, resolve(dirname(file), entry.originalSource));
  const place = `${source}:${String(entry.originalLine + 1)}:${String(entry.originalColumn + 1)}`;
  return { head, called, place, name: 'name' in entry ? (entry.name as string | undefined) : undefined };
}

function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(mapSchema.parse(JSON.parse(readFileSync(`${file}.map`, 'utf8'))));
  } catch {
    // Then the stack stays as it is.
    return undefined;
  }
}
