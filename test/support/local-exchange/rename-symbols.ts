/** The same message with other names of symbols, wherever it has them: `s`, `coin` and `symbol`. */
export function renameSymbols(body: unknown, rename: (id: string) => string): unknown {
  if (Array.isArray(body)) return body.map((entry) => renameSymbols(entry, rename));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => [
      key,
      (key === 's' || key === 'coin' || key === 'symbol') && typeof value === 'string'
        ? rename(value)
        : renameSymbols(value, rename),
    ]),
  );
}
