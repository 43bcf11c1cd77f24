import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MINUTE_MS, type TimeMs } from '../../../src/core/domain/time.js';
import type { FaultPlan, StreamFault } from './faults.js';
import { splitHost } from './read-request.js';
import type { StreamMessage, StreamSession, VenueProtocol } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

export interface StreamServer {
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The clock has moved, in the venue's time. */
  moved(fromMs: TimeMs, toMs: TimeMs): void;
  subscriptions(): readonly string[];
  /** The venue ends every stream. */
  closeAll(code: number): void;
}

interface Connection {
  readonly socket: WebSocket;
  readonly session: StreamSession;
  /** Says nothing any more. */
  dead: boolean;
  /** Comes after the next message. */
  held: string | undefined;
  /** Under way for longer, each until its time. */
  late: { readonly dueMs: TimeMs; readonly text: string }[];
}

/** Between two messages of a stream, by the venue's clock; real ones tell more often. */
const TELL_EVERY_MS = MINUTE_MS;
/** A longer jump of the clock is told in wider steps. */
const MOST_STEPS = 240;
/** What a server says that goes away. */
const GOING_AWAY = 1001;

const MESSAGE_FAULTS: readonly StreamFault['kind'][] = [
  'stream-close',
  'stream-dead',
  'message-drop',
  'message-duplicate',
  'message-reorder',
  'message-late',
  'message-wrong-symbol',
  'message-truncated',
];

export function createStreamServer(
  protocol: VenueProtocol,
  world: VenueWorld,
  faults: FaultPlan,
): StreamServer {
  // Pongs are sent by hand, so that a dead stream can be silent.
  const server = new WebSocketServer({ noServer: true, autoPong: false });
  const connections = new Set<Connection>();

  const begin = (socket: WebSocket, session: StreamSession): void => {
    const connection: Connection = { socket, session, dead: false, held: undefined, late: [] };
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    socket.on('error', () => undefined);
    socket.on('ping', (bytes: Buffer) => {
      if (faults.strike(['stream-dead'], 'ping') !== undefined) connection.dead = true;
      if (!connection.dead) socket.pong(bytes);
    });
    socket.on('message', (bytes: Buffer) => {
      for (const message of session.receive(JSON.parse(bytes.toString('utf8')))) deliver(connection, message);
    });
  };

  const deliver = (connection: Connection, message: StreamMessage): void => {
    if (connection.dead || connection.socket.readyState !== connection.socket.OPEN) return;
    // An acknowledgement is no data: only a dead stream keeps it.
    const kinds = message.name === '' ? (['stream-dead'] as const) : MESSAGE_FAULTS;
    const fault = faults.strike(kinds, message.name);
    const text = JSON.stringify(message.body);
    switch (fault?.kind) {
      case 'stream-close':
        connection.socket.close(fault.code ?? GOING_AWAY);
        return;
      case 'stream-dead':
        connection.dead = true;
        return;
      case 'message-drop':
        return;
      case 'message-reorder':
        connection.held = text;
        return;
      case 'message-late':
        connection.late.push({ dueMs: world.now() + fault.delayMs, text });
        return;
      case 'message-duplicate':
        send(connection, text);
        send(connection, text);
        return;
      case 'message-wrong-symbol':
        send(connection, JSON.stringify(protocol.messageForAnotherSymbol(message.body, world)));
        return;
      case 'message-truncated':
        send(connection, text.slice(0, Math.floor(text.length / 2)));
        return;
      case 'stream-refused':
      case undefined:
        send(connection, text);
    }
  };

  const deliverLate = (connection: Connection, atMs: TimeMs): void => {
    const due = connection.late.filter(({ dueMs }) => dueMs <= atMs);
    if (due.length === 0 || connection.dead) return;
    connection.late = connection.late.filter(({ dueMs }) => dueMs > atMs);
    for (const { text } of due) send(connection, text);
  };

  return {
    upgrade: (incoming, socket, head) => {
      const { host, path } = splitHost(new URL(incoming.url ?? '/', 'http://venue').pathname);
      const refused = faults.strike(['stream-refused'], path);
      const session = protocol.openStream(host, path, world);
      if (refused !== undefined || session === undefined) {
        const status = refused?.kind === 'stream-refused' ? (refused.status ?? 503) : 404;
        socket.end(`HTTP/1.1 ${String(status)} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(incoming, socket, head, (opened) => {
        begin(opened, session);
      });
    },
    moved: (fromMs, toMs) => {
      if (connections.size === 0) return;
      const times = tellingTimes(fromMs, toMs);
      for (const connection of [...connections]) {
        let beforeMs = fromMs;
        for (const atMs of times) {
          for (const message of connection.session.happened(beforeMs, atMs)) deliver(connection, message);
          deliverLate(connection, atMs);
          beforeMs = atMs;
        }
      }
    },
    subscriptions: () => [...connections].flatMap(({ session }) => session.subscriptions()),
    closeAll: (code) => {
      for (const { socket } of connections) socket.close(code);
    },
  };
}

/** Every full minute in (fromMs, toMs], and `toMs`. */
function tellingTimes(fromMs: TimeMs, toMs: TimeMs): readonly TimeMs[] {
  const steps = Math.ceil((toMs - fromMs) / TELL_EVERY_MS / MOST_STEPS);
  const everyMs = Math.max(1, steps) * TELL_EVERY_MS;
  const times: TimeMs[] = [];
  for (let at = (Math.floor(fromMs / everyMs) + 1) * everyMs; at < toMs; at += everyMs) times.push(at);
  if (toMs > fromMs) times.push(toMs);
  return times;
}

function send(connection: Connection, text: string): void {
  connection.socket.send(text);
  if (connection.held === undefined) return;
  const { held } = connection;
  connection.held = undefined;
  connection.socket.send(held);
}
