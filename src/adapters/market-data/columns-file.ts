/**
 * Columns of doubles in a file, with a text that says what they are. Every byte is under a checksum, so that a
 * file that is torn, cut off or damaged reads as no file. CRC-32 runs at some GB/s and finds every error of up
 * to 32 bits in a row; of larger damage it misses one in four thousand million.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

/** Doubles lie in the file as in memory: the other byte order has another magic. */
const MAGIC = `columns${endianness().charAt(0)}`;
/** Magic, length of the header's text, checksum of that text. */
const PREFIX_BYTES = 16;
const MAX_HEADER_BYTES = 1 << 26;
const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT;

const headerSchema = z.strictObject({
  about: z.unknown(),
  columns: z.array(z.strictObject({ length: z.number().int().min(0), checksum: z.number().int() })),
});
type Header = z.infer<typeof headerSchema>;

/**
 * The columns, when the file is whole and `accepts` says yes to what it is about; that is asked before any
 * column is read. Throws what the disk says.
 */
export function readColumnsFile(
  path: string,
  accepts: (about: unknown) => boolean,
): readonly Float64Array[] | undefined {
  const handle = openSync(path, 'r');
  try {
    const found = readHeader(handle);
    if (found === undefined || !accepts(found.header.about)) return undefined;
    return readColumns(handle, found.header, found.bytes);
  } finally {
    closeSync(handle);
  }
}

function readHeader(handle: number): { header: Header; bytes: number } | undefined {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  if (!readFully(handle, prefix, 0) || prefix.toString('latin1', 0, 8) !== MAGIC) return undefined;
  const length = prefix.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES) return undefined;
  const text = Buffer.alloc(length);
  if (!readFully(handle, text, PREFIX_BYTES) || crc32(text) !== prefix.readUInt32LE(12)) return undefined;
  const parsed = headerSchema.safeParse(parseJson(text.toString('utf8')));
  return parsed.success ? { header: parsed.data, bytes: PREFIX_BYTES + length } : undefined;
}

/** The checksum of no text is zero, as the checksum in a file of zeros: text that passed may still be no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readColumns(handle: number, header: Header, start: number): readonly Float64Array[] | undefined {
  const rows = header.columns.reduce((sum, { length }) => sum + length, 0);
  if (fstatSync(handle).size !== start + rows * DOUBLE_BYTES) return undefined;
  const columns: Float64Array[] = [];
  let position = start;
  for (const { length, checksum } of header.columns) {
    const column = new Float64Array(length);
    const bytes = bytesOf(column);
    if (!readFully(handle, bytes, position) || crc32(bytes) !== checksum) return undefined;
    position += bytes.length;
    columns.push(column);
  }
  return columns;
}

export const TEMPORARY_ENDING = '.tmp';

/**
 * Beside its final name until all of it is on disk, so that two writers and a crash leave whole files only.
 * Throws what the disk says, and leaves nothing behind then. `about` is plain JSON.
 */
export function writeColumnsFile(path: string, about: unknown, columns: readonly Float64Array[]): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}${TEMPORARY_ENDING}`;
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      const described = columns.map((column) => ({
        length: column.length,
        checksum: crc32(bytesOf(column)),
      }));
      writeFully(handle, headerBytes({ about, columns: described }));
      for (const column of columns) writeFully(handle, bytesOf(column));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function headerBytes(header: Header): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(text.length, 8);
  prefix.writeUInt32LE(crc32(text), 12);
  return Buffer.concat([prefix, text]);
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function readFully(handle: number, bytes: Uint8Array, position: number): boolean {
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(handle, bytes, done, bytes.length - done, position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
}

function writeFully(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done);
}
