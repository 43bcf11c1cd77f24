/** What the machine has that the program needs: Node, SQLite, a browser for pictures. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorFinding } from '../../reporting/doctor-text.js';
import { candleCacheFolder } from '../candle-cache-folder.js';
import { pictureBrowser, sqliteVersion } from '../wire.js';

const LEAST_NODE = [20, 19] as const;
/** What the tests run on. */
const TRIED_NODES = [20, 22, 24, 26];
const LARGE_CACHE_BYTES = 10e9;
/** A folder with more files is not walked to its end. */
const MOST_FILES = 100_000;

export function checkNode(version: string): DoctorFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const check = 'node';
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]))
    return {
      check,
      verdict: 'fail',
      text: `${version}, needed is ${LEAST_NODE.join('.')} or later`,
      advice: 'install Node 22 or 24',
    };
  return TRIED_NODES.includes(major)
    ? { check, verdict: 'ok', text: version }
    : {
        check,
        verdict: 'warn',
        text: `${version}: this program is not tried with it`,
        advice: 'use Node 20, 22, 24 or 26',
      };
}

export function checkSqlite(): DoctorFinding {
  const check = 'sqlite';
  try {
    return { check, verdict: 'ok', text: sqliteVersion() };
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return {
      check,
      verdict: 'fail',
      text: `better-sqlite3 cannot be loaded: ${why.slice(0, 200)}`,
      advice: 'npm rebuild better-sqlite3 (with the Node that runs the program; it may have to be compiled)',
    };
  }
}

export function checkBrowser(): DoctorFinding {
  const browser = pictureBrowser();
  return browser === undefined
    ? {
        check: 'pictures',
        verdict: 'skip',
        text: 'no Chromium is installed: reports come with SVG alone, without PNG',
        advice: 'only where PNG is wanted: install Chromium, or name one in CHROMIUM_PATH',
      }
    : { check: 'pictures', verdict: 'ok', text: browser };
}

export function checkCandleCache(env: NodeJS.ProcessEnv): DoctorFinding {
  const folder = candleCacheFolder(env);
  const check = 'candle cache';
  if (folder === undefined) return { check, verdict: 'skip', text: 'off' };
  const bytes = bytesIn(folder);
  const text = `${(bytes / 1e6).toFixed(0)} MB in ${folder}`;
  return bytes > LARGE_CACHE_BYTES
    ? { check, verdict: 'warn', text, advice: 'it may be deleted at any time: it is made anew' }
    : { check, verdict: 'ok', text };
}

function bytesIn(folder: string): number {
  let bytes = 0;
  let files = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined && files < MOST_FILES; next = open.pop()) {
    if (!(statSync(next, { throwIfNoEntry: false })?.isDirectory() ?? false)) continue;
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      files++;
    }
  }
  return bytes;
}
