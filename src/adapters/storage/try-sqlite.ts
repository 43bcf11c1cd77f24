import Database from 'better-sqlite3';

/** Loads the compiled part of the package, which is where an installation fails, and asks it for its version. */
export function trySqlite(): string {
  const db = new Database(':memory:');
  try {
    return String(db.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}
