import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface WebhookServer {
  readonly url: string;
  /** Bodies in the order of their arrival, refused ones too. */
  readonly bodies: string[];
  /** Monotonic milliseconds at which they came. */
  readonly times: number[];
  /** Answers of the next requests, one each; 204 afterwards. */
  readonly script: Answer[];
  /** How many requests were open at the same time at most. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

/** A real HTTP server on this machine that takes notes; the secret is in its path, as with real ones. */
export async function startWebhookServer(port = 0): Promise<WebhookServer> {
  const bodies: string[] = [];
  const times: number[] = [];
  const script: Answer[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    times.push(performance.now());
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      (script.shift() ?? status(204))(response, request);
    });
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(address.port)}/api/webhooks/12345/a-secret-of-the-place-0123456789`,
    bodies,
    times,
    script,
    mostAtOnce: () => most,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}

/** Waits until something holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((next) => setTimeout(next, 5));
}
