import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

export interface WebRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface WebReply {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** No whole reply came: `late` when the time was over, `broken` when the connection was. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
  readonly why: 'late' | 'broken' | 'too-large' | 'unreadable';

  constructor(why: NoReply['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export interface WebClient {
  ask(url: URL, request: WebRequest): Promise<WebReply>;
  /** Ends what is under way and leaves no connection open. */
  close(): void;
}

/**
 * Asks by HTTP. ccxt's own way ends its time-out with the headers and cannot be closed; here one time-out covers the whole
 * reply, its size has a limit, redirects are not followed, no proxy is used, and connections are ours to end.
 */
export function createWebClient({
  timeoutMs,
  maxReplyBytes,
}: {
  timeoutMs: number;
  maxReplyBytes: number;
}): WebClient {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  };
  const underWay = new Set<AbortController>();

  return {
    async ask(url, request) {
      const ended = new AbortController();
      const timer = setTimeout(() => {
        ended.abort(new NoReply('late', `no whole answer within ${String(timeoutMs)} ms`));
      }, timeoutMs);
      underWay.add(ended);
      try {
        const message = await begin(url, request, ended.signal);
        const bytes = await wholeBody(message, maxReplyBytes);
        return {
          status: message.statusCode ?? 0,
          statusText: message.statusMessage ?? '',
          headers: headersOf(message),
          text: await unpack(bytes, message.headers['content-encoding'], maxReplyBytes),
        };
      } catch (error) {
        if (ended.signal.aborted && ended.signal.reason instanceof NoReply) throw ended.signal.reason;
        if (error instanceof NoReply) throw error;
        throw new NoReply('broken', `the connection failed (${codeOf(error)})`);
      } finally {
        clearTimeout(timer);
        underWay.delete(ended);
      }
    },
    close() {
      for (const one of underWay) one.abort(new NoReply('broken', 'the venue was closed'));
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };

  function begin(
    url: URL,
    { method, headers, body }: WebRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const outgoing = (secure ? httpsRequest : httpRequest)(url, {
        method,
        headers: { ...headers, 'Accept-Encoding': 'gzip, deflate, br' },
        agent: secure ? agents['https:'] : agents['http:'],
        signal,
      });
      outgoing.on('response', resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

async function wholeBody(message: IncomingMessage, maxReplyBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxReplyBytes)
      throw new NoReply('too-large', `the answer is larger than ${String(maxReplyBytes)} bytes`);
    chunks.push(chunk);
  }
  if (!message.complete) throw new NoReply('broken', 'the connection ended within the answer');
  return Buffer.concat(chunks);
}

const UNPACKERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function unpack(bytes: Buffer, encoding: string | undefined, maxReplyBytes: number): Promise<string> {
  if (encoding === undefined || encoding === 'identity' || bytes.byteLength === 0)
    return bytes.toString('utf8');
  if (!(encoding in UNPACKERS)) throw new NoReply('unreadable', 'the answer is packed in an unknown way');
  const unpacker = UNPACKERS[encoding as keyof typeof UNPACKERS];
  try {
    return (await unpacker(bytes, { maxOutputLength: maxReplyBytes })).toString('utf8');
  } catch {
    throw new NoReply('unreadable', 'the answer cannot be unpacked');
  }
}

function headersOf(message: IncomingMessage): Map<string, string> {
  return new Map(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  );
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(at.code)) return at.code;
  return 'network error';
}
