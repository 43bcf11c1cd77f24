import { loadEnvFile } from 'node:process';

/** Takes `.env` of the current folder, where keys of one's own lie; what the environment says already wins. */
export function loadEnvironmentFile(): void {
  try {
    loadEnvFile('.env');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return;
    process.stderr.write(`.env cannot be read (${String(code)}); going on without it\n`);
  }
}
