/** Which keys and addresses the environment holds, by name; never a character of one. */
import { statSync } from 'node:fs';
import { Problem } from '../../core/domain/problem.js';
import type { DoctorFinding } from '../../reporting/doctor-text.js';
import type { ArenaConfig } from '../config/schema.js';
import { knownProviders, modelAccess, notePlaces } from '../wire.js';

/** Rights of anybody but the owner. */
const OTHERS = 0o077;

export function checkEnvironmentFile(path: string): DoctorFinding {
  const check = '.env';
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { check, verdict: 'skip', text: 'none in this folder' };
  const mode = stats.mode & 0o777;
  // Windows has other rights, of which this number says nothing.
  if (process.platform === 'win32' || (mode & OTHERS) === 0)
    return { check, verdict: 'ok', text: 'for its owner alone' };
  return {
    check,
    verdict: 'warn',
    text: `others on this machine may read or change it (mode ${mode.toString(8).padStart(3, '0')}), and there may be keys in it`,
    advice: 'chmod 600 .env',
  };
}

export function checkModelKeys(llm: ArenaConfig['llm'], env: NodeJS.ProcessEnv): DoctorFinding {
  const check = 'model keys';
  try {
    const access = modelAccess(llm.providers ?? {}, llm, env);
    const names = [...new Set([...knownProviders(), ...Object.keys(llm.providers ?? {})])];
    const set = names.flatMap((name) => {
      const variable = access.keyVariable(name);
      return variable !== null && (env[variable]?.trim() ?? '') !== '' ? [{ name, variable }] : [];
    });
    if (set.length === 0)
      return {
        check,
        verdict: 'skip',
        text: 'none set: contestants with language models cannot ask (rules need none)',
      };
    const odd = set.filter(({ variable }) => /\s|^["']|["']$/.test(env[variable]?.trim() ?? ''));
    const text = set.map(({ name, variable }) => `${variable} for ${name}`).join(', ');
    return odd.length === 0
      ? { check, verdict: 'ok', text }
      : {
          check,
          verdict: 'warn',
          text: `${text}; ${odd.map(({ variable }) => variable).join(', ')} has quotes or spaces in it`,
          advice: 'a key stands alone behind the equals sign',
        };
  } catch (error) {
    return problemFinding(check, error);
  }
}

export function checkNotePlaces(): DoctorFinding {
  const check = 'webhooks';
  try {
    const places = notePlaces();
    return places.length === 0
      ? { check, verdict: 'skip', text: 'none set: nobody is told of promotions, kills and breakers' }
      : { check, verdict: 'ok', text: `${places.join(', ')}; npm run notify -- test tries them` };
  } catch (error) {
    return problemFinding(check, error);
  }
}

/** A Problem as a line; anything else is a bug. */
export function problemFinding(check: string, error: unknown): DoctorFinding {
  if (!(error instanceof Problem)) throw error;
  const { message, hint } = error;
  return { check, verdict: 'fail', text: message, ...(hint === undefined ? {} : { advice: hint }) };
}
