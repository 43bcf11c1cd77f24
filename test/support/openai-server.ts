/** A local server that speaks OpenAI's Chat Completions as the real one does: what it asks for, refuses and answers. */
import {
  type ModelServer,
  type ModelServerOptions,
  type ServerDialect,
  startModelServer,
} from './model-server.js';

export interface OpenaiServerOptions extends ModelServerOptions {
  /** Models that take no temperature and know the newer name of the limit alone, as o3 does. */
  readonly reasoning?: readonly string[];
  /** It knows no response_format, as some servers on one's own machine do not. */
  readonly plainText?: boolean;
  /** It knows the older name of the limit alone. */
  readonly oldLimit?: boolean;
}

export function startOpenaiServer(options: OpenaiServerOptions): Promise<ModelServer> {
  return startModelServer(dialectOf(options), '/v1', options);
}

function dialectOf({
  reasoning = [],
  plainText = false,
  oldLimit = false,
}: OpenaiServerOptions): ServerDialect {
  return {
    path: '/v1/chat/completions',
    headers: { 'x-request-id': 'req_3f1c8b2a' },
    refuse(headers, body, options) {
      const key = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
      if (key === undefined) return error(401, "You didn't provide an API key.", null, null);
      if (options.key !== undefined && key !== options.key) return badKey(key);
      if (!String(headers['content-type']).startsWith('application/json'))
        return error(400, 'we could not parse the body of your request', null, null);
      const model = body['model'];
      if (typeof model !== 'string') return error(400, 'you must provide a model parameter', null, null);
      if (options.models !== undefined && !options.models.includes(model)) return unknownModel(model);
      if (!isMessages(body['messages']))
        return error(
          400,
          "Missing required parameter: 'messages'.",
          'messages',
          'missing_required_parameter',
        );
      if (body['stream'] === true) return error(400, 'this server does not stream', 'stream', null);
      if (reasoning.includes(model) && 'temperature' in body)
        return error(
          400,
          `Unsupported value: 'temperature' does not support ${String(body['temperature'])} with this model. Only the default (1) value is supported.`,
          'temperature',
          'unsupported_value',
        );
      if (reasoning.includes(model) && 'max_tokens' in body)
        return error(
          400,
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          'max_tokens',
          'unsupported_parameter',
        );
      if (oldLimit && 'max_completion_tokens' in body)
        return error(
          400,
          'Unrecognized request argument supplied: max_completion_tokens',
          'max_completion_tokens',
          'unknown_parameter',
        );
      return refuseFormat(body['response_format'], plainText);
    },
    read(body) {
      const messages = body['messages'] as { role: string; content: string }[];
      const format = body['response_format'] as
        { json_schema?: { schema?: Record<string, unknown> } } | undefined;
      return {
        system: messages.find(({ role }) => role === 'system')?.content ?? '',
        user: messages.findLast(({ role }) => role === 'user')?.content ?? '',
        temperature: body['temperature'] as number | undefined,
        maxTokens: (body['max_completion_tokens'] ?? body['max_tokens']) as number,
        schema: format?.json_schema?.schema,
      };
    },
    say(asked, text, stop, usage, servedBy, fingerprint) {
      const refused = stop === 'refusal';
      return {
        id: `chatcmpl-${String(asked.nth).padStart(6, '0')}`,
        object: 'chat.completion',
        created: 1_763_000_000 + asked.nth,
        model: servedBy,
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: refused ? null : text,
              refusal: refused ? text : null,
              annotations: [],
            },
            logprobs: null,
            finish_reason: stop === 'length' ? 'length' : 'stop',
          },
        ],
        ...(usage === null
          ? {}
          : {
              usage: {
                prompt_tokens: usage.prompt,
                completion_tokens: usage.answer,
                total_tokens: usage.prompt + usage.answer,
                prompt_tokens_details: {
                  cached_tokens: usage.cached ?? 0,
                  audio_tokens: 0,
                  ...(usage.written === undefined ? {} : { cache_write_tokens: usage.written }),
                },
                completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
              },
            }),
        service_tier: 'default',
        system_fingerprint: fingerprint,
      };
    },
    error(fault, asked) {
      switch (fault) {
        case 'bad-key':
          return badKey(String(asked.headers['authorization']).replace('Bearer ', ''));
        case 'unknown-model':
          return unknownModel(asked.model);
        case 'rate-limited':
          return error(
            429,
            'Rate limit reached for requests per min (RPM): Limit 3, Used 3. Please try again in 20s.',
            null,
            'rate_limit_exceeded',
            'requests',
          );
        case 'out-of-credit':
          return error(
            429,
            'You exceeded your current quota, please check your plan and billing details.',
            null,
            'insufficient_quota',
            'insufficient_quota',
          );
        case 'overloaded':
          return error(
            503,
            'The engine is currently overloaded, please try again later',
            null,
            null,
            'server_error',
          );
        case 'server-error':
          return error(
            500,
            'The server had an error while processing your request. Sorry about that!',
            null,
            null,
            'server_error',
          );
      }
    },
  };
}

function error(
  status: number,
  message: string,
  param: string | null,
  code: string | null,
  type = 'invalid_request_error',
): { status: number; body: unknown } {
  return { status, body: { error: { message, type, param, code } } };
}

/** The real one quotes the key with stars; others quote it whole, and so does this one. */
function badKey(key: string): { status: number; body: unknown } {
  return error(
    401,
    `Incorrect API key provided: ${key}. You can find your API key online.`,
    null,
    'invalid_api_key',
  );
}

function unknownModel(model: string): { status: number; body: unknown } {
  return error(
    404,
    `The model \`${model}\` does not exist or you do not have access to it.`,
    null,
    'model_not_found',
  );
}

function isMessages(messages: unknown): boolean {
  return (
    Array.isArray(messages) &&
    messages.length > 0 &&
    (messages as { role?: unknown; content?: unknown }[]).every(
      ({ role, content }) => (role === 'system' || role === 'user') && typeof content === 'string',
    )
  );
}

/** Strict schemas are objects with nothing beside what they name, all of it required. */
function refuseFormat(format: unknown, plainText: boolean): { status: number; body: unknown } | undefined {
  if (format === undefined) return undefined;
  if (plainText)
    return error(
      400,
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
      'response_format',
      null,
    );
  const { type, json_schema } = format as {
    type?: string;
    json_schema?: { name?: string; strict?: boolean; schema?: Record<string, unknown> };
  };
  const schema = json_schema?.schema;
  const properties = Object.keys(schema?.['properties'] ?? {});
  if (
    type !== 'json_schema' ||
    json_schema?.strict !== true ||
    !/^[a-zA-Z0-9_-]{1,64}$/.test(json_schema.name ?? '') ||
    schema?.['type'] !== 'object' ||
    schema['additionalProperties'] !== false ||
    properties.some((name) => !((schema['required'] ?? []) as string[]).includes(name))
  )
    return error(400, "Invalid schema for response_format 'answer'.", 'response_format', null);
  return undefined;
}
