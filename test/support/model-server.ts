/** What the two local servers of language models share: a script, a log, and faults on the wire. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server understood it. */
export interface AskedModel {
  /** 0 for the first request of all. */
  readonly nth: number;
  readonly model: string;
  readonly system: string;
  readonly user: string;
  readonly temperature: number | undefined;
  readonly maxTokens: number;
  readonly schema: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SaidUsage {
  readonly prompt: number;
  readonly cached?: number;
  readonly written?: number;
  readonly answer: number;
}

/** Faults that a provider says in its own words. */
export type SaidFault =
  'bad-key' | 'unknown-model' | 'rate-limited' | 'out-of-credit' | 'server-error' | 'overloaded';

/** Faults of the line, the same for all. */
type LineFault =
  'silence' | 'reset-in-body' | 'truncated-json' | 'too-large' | 'slow-drip' | 'web-page' | 'redirect';

export type ServerFault = SaidFault | LineFault;

export type ScriptedAnswer =
  | string
  | {
      readonly text: string;
      readonly stop?: 'end' | 'length' | 'refusal';
      readonly usage?: SaidUsage | null;
      readonly servedBy?: string;
      readonly fingerprint?: string;
    }
  | { readonly fault: ServerFault; readonly headers?: Readonly<Record<string, string>> }
  /** An answer of any kind, as it is. */
  | {
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Script = (asked: AskedModel) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ModelServerOptions {
  readonly script: Script;
  /** The key that it takes; any when absent. */
  readonly key?: string;
  /** The models that it has; any when absent. */
  readonly models?: readonly string[];
  readonly port?: number;
}

export interface ModelServer {
  readonly baseUrl: string;
  /** Everything that was understood, in the order of arrival. */
  readonly asked: readonly AskedModel[];
  /** How many requests came, those that were not understood included. */
  requests(): number;
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** What differs between the providers. */
export interface ServerDialect {
  readonly path: string;
  /** Undefined where the request is as the provider wants it, else its refusal. */
  readonly refuse: (
    headers: IncomingMessage['headers'],
    body: Record<string, unknown>,
    options: ModelServerOptions,
  ) => { status: number; body: unknown } | undefined;
  readonly read: (
    body: Record<string, unknown>,
  ) => Pick<AskedModel, 'system' | 'user' | 'maxTokens' | 'schema' | 'temperature'>;
  readonly say: (
    asked: AskedModel,
    text: string,
    stop: 'end' | 'length' | 'refusal',
    usage: SaidUsage | null,
    servedBy: string,
    fingerprint: string,
  ) => unknown;
  readonly error: (fault: SaidFault, asked: AskedModel) => { status: number; body: unknown };
  readonly headers: Readonly<Record<string, string>>;
}

export async function startModelServer(
  dialect: ServerDialect,
  basePath: string,
  options: ModelServerOptions,
): Promise<ModelServer> {
  const asked: AskedModel[] = [];
  let requests = 0;
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    requests++;
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, Buffer.concat(chunks).toString('utf8'), response).catch((error: unknown) => {
        json(response, 500, { error: { message: `the script has failed: ${String(error)}` } });
      });
    });
  });

  const answer = async (request: IncomingMessage, text: string, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST' || request.url !== dialect.path) {
      json(response, 404, {
        error: { message: `Invalid URL (${request.method ?? ''} ${request.url ?? ''})` },
      });
      return;
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    const refused = dialect.refuse(request.headers, body, options);
    if (refused !== undefined) {
      json(response, refused.status, refused.body, dialect.headers);
      return;
    }
    const one: AskedModel = {
      nth: asked.length,
      model: String(body['model']),
      ...dialect.read(body),
      headers: request.headers,
      body,
    };
    asked.push(one);
    const said = await options.script(one);
    if (typeof said === 'object' && 'fault' in said) {
      fail(response, said.fault, one, said.headers ?? {});
      return;
    }
    if (typeof said === 'object' && 'status' in said) {
      json(response, said.status, said.body, { ...dialect.headers, ...said.headers });
      return;
    }
    const whole = typeof said === 'string' ? { text: said } : said;
    const usage = whole.usage === undefined ? countedUsage(one, whole.text) : whole.usage;
    json(
      response,
      200,
      dialect.say(
        one,
        whole.text,
        whole.stop ?? 'end',
        usage,
        whole.servedBy ?? one.model,
        whole.fingerprint ?? 'fp_44709d6fcb',
      ),
      dialect.headers,
    );
  };

  const fail = (
    response: ServerResponse,
    fault: ServerFault,
    one: AskedModel,
    headers: Readonly<Record<string, string>>,
  ): void => {
    const whole = JSON.stringify(
      dialect.say(one, 'An answer that does not arrive.', 'end', countedUsage(one, ''), one.model, 'fp'),
    );
    switch (fault) {
      case 'silence':
        return;
      case 'reset-in-body':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write(whole.slice(0, 40), () => response.socket?.resetAndDestroy());
        return;
      case 'truncated-json':
        response.writeHead(200, { 'content-type': 'application/json' }).end(whole.slice(0, -20));
        return;
      case 'too-large':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"choices": "${'x'.repeat(5 * 1024 * 1024)}"}`);
        return;
      case 'slow-drip': {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 10);
        response.on('close', () => {
          clearInterval(drip);
        });
        return;
      }
      case 'web-page':
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Sign in</h1>');
        return;
      case 'redirect':
        response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
        return;
      case 'bad-key':
      case 'unknown-model':
      case 'rate-limited':
      case 'out-of-credit':
      case 'server-error':
      case 'overloaded': {
        const error = dialect.error(fault, one);
        json(response, error.status, error.body, { ...dialect.headers, ...headers });
      }
    }
  };

  await new Promise<void>((ready) => server.listen(options.port ?? 0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${String(port)}${basePath}`,
    asked,
    requests: () => requests,
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

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The same texts are the same counts. */
function countedUsage(asked: AskedModel, text: string): SaidUsage {
  return {
    prompt: Math.ceil((asked.system.length + asked.user.length) / 4) + 10,
    answer: Math.ceil(text.length / 4) + 1,
  };
}
