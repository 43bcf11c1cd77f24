import { type Redact, createRedactor } from '../core/domain/redact.js';

/** Variables that hold secrets, by their names. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|CREDENTIAL|WEBHOOK/i;
/** Addresses that may have a password in them. */
const ADDRESS_NAME = /_URL$|^DATABASE/i;

/** Values of the environment that must be in no text: keys, addresses of webhooks, passwords in addresses. */
export function secretsOf(
  env: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    if (SECRET_NAME.test(name) || more.includes(name)) return [value, ...value.split(/\s+/)];
    return ADDRESS_NAME.test(name) ? passwordOf(value) : [];
  });
}

/** Made once for a process; `more` names variables that hold keys too. */
export function redactorOf(
  env: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): Redact {
  return createRedactor(secretsOf(env, more));
}

function passwordOf(address: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]*?:([^\s/?#]+)@[^@]*$/i.exec(address)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
