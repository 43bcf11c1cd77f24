/** A local server that speaks Anthropic's Messages as the real one does: what it asks for, refuses and answers. */
import {
  type ModelServer,
  type ModelServerOptions,
  type ServerDialect,
  startModelServer,
} from './model-server.js';

export interface AnthropicServerOptions extends ModelServerOptions {
  /** Models that take no temperature in any version of the API. */
  readonly noTemperature?: readonly string[];
  /** It knows no output format, as models before structured outputs do not. */
  readonly plainText?: boolean;
  /** It knows the key as `x-api-key` alone, as servers made before the API of 2026-10-21 do. */
  readonly oldKeyHeader?: boolean;
}

export function startAnthropicServer(options: AnthropicServerOptions): Promise<ModelServer> {
  return startModelServer(dialectOf(options), '', options);
}

const VERSIONS = ['2023-06-01', '2026-10-21'];

function dialectOf({
  noTemperature = [],
  plainText = false,
  oldKeyHeader = false,
}: AnthropicServerOptions): ServerDialect {
  return {
    path: '/v1/messages',
    headers: { 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' },
    refuse(headers, body, options) {
      const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
      // With both the API looks at `x-api-key`.
      const key = (headers['x-api-key'] as string | undefined) ?? (oldKeyHeader ? undefined : bearer);
      if (key === undefined) return error(401, 'authentication_error', 'x-api-key header is required');
      if (options.key !== undefined && key !== options.key)
        return error(401, 'authentication_error', `invalid x-api-key ${key}`);
      const version = headers['anthropic-version'];
      if (typeof version !== 'string' || !VERSIONS.includes(version))
        return error(400, 'invalid_request_error', 'anthropic-version: header is required');
      const model = body['model'];
      if (typeof model !== 'string') return error(400, 'invalid_request_error', 'model: Field required');
      if (options.models !== undefined && !options.models.includes(model)) return unknownModel(model);
      const maxTokens = body['max_tokens'];
      if (typeof maxTokens !== 'number' || maxTokens < 1)
        return error(400, 'invalid_request_error', 'max_tokens: Field required');
      if (!isMessages(body['messages']))
        return error(400, 'invalid_request_error', 'messages: at least one message is required');
      if (!isSystem(body['system']))
        return error(400, 'invalid_request_error', 'system: text content blocks must be non-empty');
      if ('temperature' in body && version !== '2023-06-01')
        return error(400, 'invalid_request_error', 'temperature: Extra inputs are not permitted');
      if ('temperature' in body && noTemperature.includes(model))
        return error(400, 'invalid_request_error', '`temperature` is deprecated for this model.');
      return refuseFormat(body['output_config'], plainText);
    },
    read(body) {
      const system = (body['system'] ?? []) as { text: string }[];
      const messages = body['messages'] as { content: string }[];
      const config = body['output_config'] as { format?: { schema?: Record<string, unknown> } } | undefined;
      return {
        system: system.map(({ text }) => text).join(''),
        user: messages.at(-1)?.content ?? '',
        temperature: body['temperature'] as number | undefined,
        maxTokens: body['max_tokens'] as number,
        schema: config?.format?.schema,
      };
    },
    say(asked, text, stop, usage, servedBy) {
      const refused = stop === 'refusal';
      return {
        id: `msg_${String(asked.nth).padStart(24, '0')}`,
        type: 'message',
        role: 'assistant',
        model: servedBy,
        content: refused || text === '' ? [] : [{ type: 'text', text }],
        stop_reason: refused ? 'refusal' : stop === 'length' ? 'max_tokens' : 'end_turn',
        stop_sequence: null,
        stop_details: refused ? { type: 'refusal', category: null, explanation: text } : null,
        ...(usage === null
          ? {}
          : {
              usage: {
                input_tokens: usage.prompt - (usage.cached ?? 0) - (usage.written ?? 0),
                cache_creation_input_tokens: usage.written ?? 0,
                cache_read_input_tokens: usage.cached ?? 0,
                output_tokens: usage.answer,
                service_tier: 'standard',
              },
            }),
      };
    },
    error(fault, asked) {
      switch (fault) {
        case 'bad-key':
          return error(
            401,
            'authentication_error',
            `invalid x-api-key ${String(asked.headers['x-api-key'])}`,
          );
        case 'unknown-model':
          return unknownModel(asked.model);
        case 'rate-limited':
          return error(
            429,
            'rate_limit_error',
            "This request would exceed your organization's rate limit of 50 requests per minute.",
          );
        case 'out-of-credit':
          return error(
            400,
            'invalid_request_error',
            'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
          );
        case 'overloaded':
          return error(529, 'overloaded_error', 'Overloaded');
        case 'server-error':
          return error(500, 'api_error', 'Internal server error');
      }
    },
  };
}

function error(status: number, type: string, message: string): { status: number; body: unknown } {
  return {
    status,
    body: { type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
  };
}

function unknownModel(model: string): { status: number; body: unknown } {
  return error(404, 'not_found_error', `model: ${model}`);
}

function isMessages(messages: unknown): boolean {
  return (
    Array.isArray(messages) &&
    messages.length > 0 &&
    (messages as { role?: unknown; content?: unknown }[]).every(
      ({ role, content }) => role === 'user' && typeof content === 'string' && content !== '',
    )
  );
}

function isSystem(system: unknown): boolean {
  return (
    system === undefined ||
    (Array.isArray(system) &&
      (system as { type?: unknown; text?: unknown }[]).every(
        ({ type, text }) => type === 'text' && typeof text === 'string' && text !== '',
      ))
  );
}

function refuseFormat(config: unknown, plainText: boolean): { status: number; body: unknown } | undefined {
  if (config === undefined) return undefined;
  if (plainText)
    return error(
      400,
      'invalid_request_error',
      'output_config.format: structured outputs are not supported by this model',
    );
  const { format } = config as { format?: { type?: string; schema?: Record<string, unknown> } };
  if (
    format?.type !== 'json_schema' ||
    format.schema?.['type'] !== 'object' ||
    format.schema['additionalProperties'] !== false
  )
    return error(
      400,
      'invalid_request_error',
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  return undefined;
}
