import type { VenueAnswer, VenueProtocol, VenueRequest } from './venue-protocol.js';

/** A request that ccxt sends, and a made answer in the form that the venue documents. */
export interface ContractRow {
  readonly path: string;
  /** What the query must say at least; a row for the same path with more in its query comes first. */
  readonly query?: Readonly<Record<string, string>>;
  readonly answer: unknown;
}

/** What ccxt makes of those answers. */
export interface ContractCall {
  readonly method: 'fetchTime' | 'fetchMarkets' | 'fetchOHLCV' | 'fetchTicker';
  readonly args: readonly unknown[];
  /** The request that this method is about; others may come before it. */
  readonly sends: { readonly path: string; readonly query: Readonly<Record<string, string>> };
  readonly gives: unknown;
}

export interface ContractTable {
  readonly rows: readonly ContractRow[];
  readonly calls: readonly ContractCall[];
}

/** A venue that knows nothing but its table; limits, faults and the clock of the local exchange are around it. */
export function protocolOfTable(table: ContractTable): VenueProtocol {
  const answer = (request: VenueRequest): VenueAnswer | undefined => {
    const row = table.rows.find(
      ({ path, query = {} }) =>
        path === request.path &&
        Object.entries(query).every(([name, value]) => request.query.get(name) === value),
    );
    return row === undefined ? undefined : { status: 200, body: row.answer, weight: 1 };
  };
  return {
    answer,
    limitOf: () => ({ name: 'all', perMinute: 600 }),
    overLimit: () => ({ error: 'rate limit' }),
    tellsRetryAfter: false,
    weightHeaders: () => ({}),
    serverError: () => ({ error: 'internal' }),
    forAnotherSymbol: (request) => request,
    openStream: () => undefined,
    messageForAnotherSymbol: (body) => body,
  };
}
