/** A file of the compiled program. Threads and workers run that alone, also when this process runs TypeScript sources. */
export function compiledFile(path: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../../dist/${path}` : `../${path}`, import.meta.url);
}
