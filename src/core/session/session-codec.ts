/**
 * A session's whole state as bytes, doubles bit for bit. What can be derived from the plan (kind, symbols,
 * columns) is not saved; the order of fields is that of the FIELDS lists, and a changed list is a new version
 * of the arena's state.
 */
import { ACCOUNT_FIELDS } from '../domain/account.js';
import type { ByteReader } from '../domain/byte-reader.js';
import type { ByteWriter } from '../domain/byte-writer.js';
import type { Order, ProtectivePrice, Refusal } from '../domain/intent.js';
import { Problem } from '../domain/problem.js';
import { POSITION_FIELDS } from '../domain/position.js';
import { SCORECARD_FIELDS, type Scorecard, openScorecard } from '../metrics/scorecard.js';
import { PROTECTION_FIELDS } from '../risk/account-protection.js';
import { BREAKER_FIELDS } from '../risk/breakers.js';
import type { ProtectiveExit } from '../simulation/protective-exits.js';
import type { ModelRecord } from './model-record.js';
import type { Session } from './session.js';

/** The parts of a session that are rare or of free form. */
interface LooseState {
  readonly memory: unknown;
  readonly orders: readonly Order[];
  readonly exits: readonly ProtectiveExit[];
  readonly unfilled: readonly Refusal[];
  readonly refused: readonly Refusal[];
  readonly lastWhy: string;
  readonly fault: string;
  readonly models?: ModelRecord;
}

/** `cards` where somebody else keeps them. */
export function writeSession(
  session: Session,
  out: ByteWriter,
  cards: readonly Scorecard[] = session.cards,
): void {
  const { account } = session;
  for (const field of ACCOUNT_FIELDS) out.double(account[field]);
  out.uint32(account.positions.length);
  for (const position of account.positions) for (const field of POSITION_FIELDS) out.double(position[field]);
  if (session.breakers !== undefined) for (const field of BREAKER_FIELDS) out.double(session.breakers[field]);
  if (session.guard !== undefined)
    for (const field of PROTECTION_FIELDS) out.double(session.guard.state[field]);
  out.double(session.equityUsd);
  out.double(session.grossExposureFraction);
  out.uint32(session.dueDecisions);
  out.uint32(session.madeDecisions);
  out.uint32(cards.length);
  for (const card of cards) for (const field of SCORECARD_FIELDS) out.double(card[field]);
  const loose: LooseState = {
    memory: session.memory,
    orders: session.orders,
    exits: session.exits,
    unfilled: session.unfilled,
    refused: session.refused,
    lastWhy: session.lastWhy,
    fault: session.fault,
    ...(session.models === undefined ? {} : { models: session.models }),
  };
  out.text(JSON.stringify(loose));
}

export function readSession(session: Session, input: ByteReader): void {
  const { account } = session;
  for (const field of ACCOUNT_FIELDS) account[field] = input.double();
  const symbols = input.uint32();
  if (symbols !== account.positions.length)
    throw new Problem(
      'damaged',
      `the saved session trades ${String(symbols)} symbols, its contestant ${String(account.positions.length)}`,
    );
  for (const position of account.positions)
    for (const field of POSITION_FIELDS) position[field] = input.double();
  if (session.breakers !== undefined)
    for (const field of BREAKER_FIELDS) session.breakers[field] = input.double();
  if (session.guard !== undefined)
    for (const field of PROTECTION_FIELDS) session.guard.state[field] = input.double();
  session.equityUsd = input.double();
  session.grossExposureFraction = input.double();
  session.dueDecisions = input.uint32();
  session.madeDecisions = input.uint32();
  const cards = input.uint32();
  session.cards = Array.from({ length: cards }, () => {
    const card = openScorecard(0);
    for (const field of SCORECARD_FIELDS) card[field] = input.double();
    return card;
  });
  const loose = JSON.parse(input.text()) as LooseState;
  session.memory = loose.memory;
  session.orders = loose.orders.map(withAbsent);
  session.exits = [...loose.exits];
  session.unfilled = [...loose.unfilled];
  session.refused = loose.refused;
  session.lastWhy = loose.lastWhy;
  session.fault = loose.fault;
  if (session.models !== undefined && loose.models !== undefined) Object.assign(session.models, loose.models);
}

/** JSON drops members that are undefined; an order has all of its members. */
function withAbsent(order: Order): Order {
  const loose: Partial<Order> = order;
  const stop: ProtectivePrice | undefined = loose.stop;
  const target: ProtectivePrice | undefined = loose.target;
  return { ...order, stop, target, maxHoldMs: loose.maxHoldMs };
}
