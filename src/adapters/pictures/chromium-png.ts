/**
 * Pictures as PNG through the command line of a Chromium that is installed: no package is needed for it, nothing is ever
 * downloaded, and where there is none the SVG has to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const TIMEOUT_MS = 30_000;

/** CHROMIUM_PATH, then the usual names in PATH; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
}

/** Draws an SVG file of this size; why not, where it could not. */
export function drawPng(
  browser: string,
  svgPath: string,
  pngPath: string,
  size: { readonly width: number; readonly height: number },
): string | undefined {
  const profile = mkdtempSync(join(tmpdir(), 'arena-picture-'));
  try {
    const result = spawnSync(
      browser,
      [
        '--headless=new',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-sync',
        // Whatever a picture might name, nothing is fetched.
        '--host-resolver-rules=MAP * ~NOTFOUND',
        '--hide-scrollbars',
        '--force-device-scale-factor=2',
        `--user-data-dir=${profile}`,
        // Chromium refuses its sandbox to root; the picture is the program's own.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--window-size=${String(Math.ceil(size.width))},${String(Math.ceil(size.height))}`,
        `--screenshot=${pngPath}`,
        pathToFileURL(svgPath).href,
      ],
      { timeout: TIMEOUT_MS, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    if (result.error !== undefined) return result.error.message;
    return existsSync(pngPath) ? undefined : `it ended with ${String(result.status ?? result.signal)}`;
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
