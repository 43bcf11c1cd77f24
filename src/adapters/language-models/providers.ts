/** Where language models are asked: the named providers, and how a user adds or moves one. */
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';

/** The two ways of asking that there are. */
export type Protocol = 'openai' | 'anthropic';

export interface Provider {
  readonly name: string;
  readonly protocol: Protocol;
  readonly baseUrl: string;
  /** Variable of the environment that holds the key; null where none is needed. */
  readonly keyVariable: string | null;
  /** False where it can be asked without: at an address of one's own, with a key if there is one. */
  readonly keyNeeded: boolean;
  /** Calls under way at the same time. */
  readonly concurrency: number;
  /** Of the key, by the provider's lowest paid tier or below; null for no limit. */
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** A provider as settings have it: fields of a known one, or a new one with protocol and address. */
export const providerSettingsSchema = z.strictObject({
  protocol: z.enum(['openai', 'anthropic']).optional(),
  baseUrl: z.string().optional(),
  keyVariable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'is no name of an environment variable')
    .nullable()
    .optional(),
  concurrency: z.number().int().min(1).max(1000).optional(),
  requestsPerMinute: z.number().positive().nullable().optional(),
  tokensPerMinute: z.number().positive().nullable().optional(),
});
export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

/** Limits are careful: a provider that allows more is asked faster with settings of one's own. */
const CLOUD = { concurrency: 8, requestsPerMinute: 60, tokensPerMinute: 200_000 };
const OWN_MACHINE = { concurrency: 1, requestsPerMinute: null, tokensPerMinute: null };

const PROVIDERS: readonly Omit<Provider, 'keyNeeded'>[] = [
  {
    name: 'openai',
    protocol: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    ...CLOUD,
  },
  {
    name: 'anthropic',
    protocol: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keyVariable: 'ANTHROPIC_API_KEY',
    ...CLOUD,
    tokensPerMinute: 40_000,
  },
  {
    name: 'groq',
    protocol: 'openai',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariable: 'GROQ_API_KEY',
    ...CLOUD,
    requestsPerMinute: 30,
  },
  {
    name: 'deepseek',
    protocol: 'openai',
    baseUrl: 'https://api.deepseek.com',
    keyVariable: 'DEEPSEEK_API_KEY',
    ...CLOUD,
  },
  {
    name: 'xai',
    protocol: 'openai',
    baseUrl: 'https://api.x.ai/v1',
    keyVariable: 'XAI_API_KEY',
    ...CLOUD,
  },
  {
    name: 'openrouter',
    protocol: 'openai',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    ...CLOUD,
  },
  {
    name: 'ollama',
    protocol: 'openai',
    baseUrl: 'http://127.0.0.1:11434/v1',
    keyVariable: null,
    ...OWN_MACHINE,
  },
  {
    name: 'vllm',
    protocol: 'openai',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyVariable: null,
    ...OWN_MACHINE,
    concurrency: 4,
  },
];

export const PROVIDER_NAMES: readonly string[] = PROVIDERS.map(({ name }) => name);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The provider of a name: settings win over `<NAME>_BASE_URL` of the environment, which wins over the table. A name that
 * is not in the table needs an address from one of the two; it speaks OpenAI's protocol unless the settings say otherwise,
 * and its key, if it has one, is in `<NAME>_API_KEY`.
 */
export function findProvider(
  name: string,
  settings: ProviderSettings | undefined,
  environment: Environment,
): Provider {
  const known = PROVIDERS.find((provider) => provider.name === name);
  const variable = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  const fromEnvironment = environment[`${variable}_BASE_URL`]?.trim();
  const baseUrl =
    settings?.baseUrl ?? (fromEnvironment === '' ? undefined : fromEnvironment) ?? known?.baseUrl;
  if (baseUrl === undefined)
    throw new Problem('usage', `no address is known for the provider "${name}"`, {
      hint: `give it a baseUrl, or set ${variable}_BASE_URL; known without one: ${PROVIDER_NAMES.join(', ')}`,
    });
  const keyOfItsOwn = `${variable}_API_KEY`;
  const url = checkedBaseUrl(baseUrl, name);
  const keyVariable =
    settings?.keyVariable !== undefined
      ? settings.keyVariable
      : known !== undefined
        ? known.keyVariable
        : (environment[keyOfItsOwn] ?? '') === ''
          ? null
          : keyOfItsOwn;
  return {
    name,
    protocol: settings?.protocol ?? known?.protocol ?? 'openai',
    baseUrl: url.href.replace(/\/+$/, ''),
    keyVariable,
    keyNeeded: keyVariable !== null && !isOwn(url.hostname),
    concurrency: settings?.concurrency ?? known?.concurrency ?? CLOUD.concurrency,
    requestsPerMinute: chosen(settings?.requestsPerMinute, known?.requestsPerMinute),
    tokensPerMinute: chosen(settings?.tokensPerMinute, known?.tokensPerMinute),
  };
}

/** The key of a provider; null where it is asked without, undefined where it is missing. */
export function keyOf(
  { keyVariable, keyNeeded }: Pick<Provider, 'keyVariable' | 'keyNeeded'>,
  environment: Environment,
): string | null | undefined {
  const key = keyVariable === null ? '' : (environment[keyVariable]?.trim() ?? '');
  if (key !== '') return key;
  return keyNeeded ? undefined : null;
}

function chosen(own: number | null | undefined, known: number | null | undefined): number | null {
  return own !== undefined ? own : (known ?? null);
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What the reader says about a URL quotes it, and there may be a password in it: only the provider is named. */
function checkedBaseUrl(text: string, name: string): URL {
  const wrong = (what: string, hint: string): Problem =>
    new Problem('usage', `the base URL of the provider "${name}" ${what}`, { hint });
  if (!URL.canParse(text)) throw wrong('is not a URL', 'it looks like http://127.0.0.1:8000/v1');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw wrong('is neither http nor https', 'it looks like http://127.0.0.1:8000/v1');
  if (url.username !== '' || url.password !== '')
    throw wrong('has a user name or a password in it', 'put the key into an environment variable');
  if (url.search !== '' || url.hash !== '')
    throw wrong('has something behind the path', 'leave out what begins with ? or #');
  // Over plain http a key can be read on the way.
  if (url.protocol === 'http:' && !isOwn(url.hostname))
    throw wrong('does not begin with https://', 'plain http is for this machine and the local network alone');
  return url;
}

/** This machine or the local network. */
function isOwn(host: string): boolean {
  return (
    LOOPBACK.test(host) ||
    !host.includes('.') ||
    /\.(local|internal|lan)$/.test(host) ||
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)
  );
}
