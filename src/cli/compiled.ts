import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The folder of the program: the nearest above this code with a package.json. The build may put this code into any file
 * of `dist`, so that counting folders up from `import.meta.url` would be right in sources alone.
 */
export const PROGRAM_FOLDER = folderWithPackage(dirname(fileURLToPath(import.meta.url)));

/** A file of the compiled program. Threads and workers run that alone, also when this process runs TypeScript sources. */
export function compiledFile(path: string): URL {
  return pathToFileURL(join(PROGRAM_FOLDER, 'dist', path));
}

function folderWithPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('the program has no package.json above it');
  return folderWithPackage(above);
}
