import { z } from 'zod';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import type { PaperRules } from '../core/deployment/paper.js';
import { protectionRulesSchema } from '../core/risk/account-protection.js';
import { breakerRulesSchema } from '../core/risk/breakers.js';
import { marketIn, settingsSchema, writtenMarket } from './arena-settings.js';

/** What a paper account was started with. It is kept in its journal and holds until it is reset. */
const paperSettingsSchema = z.strictObject({
  market: settingsSchema.shape.market,
  /** The first bar that it plays. */
  firstBarMs: z.number(),
  cashUsd: z.number(),
  costs: settingsSchema.shape.costs,
  limits: settingsSchema.shape.limits,
  breakers: breakerRulesSchema,
  /** Absent: none. */
  protection: protectionRulesSchema.optional(),
  /** Absent: at the next bar's open. */
  fills: z.literal('quote').optional(),
});
export type PaperSettings = z.infer<typeof paperSettingsSchema>;

export function paperSettingsText(settings: PaperSettings): string {
  return canonicalJson({ ...settings, market: writtenMarket(settings.market) });
}

/** `folder`: the account that they were read from; `arenaFolder`: the state of the arena that it follows. */
export function parsePaperSettings(text: string, folder: string, arenaFolder: string): PaperSettings {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Problem('damaged', `${folder}: the settings of the paper account are not JSON`, {
      cause: error,
    });
  }
  const parsed = paperSettingsSchema.safeParse(content);
  if (parsed.success) return { ...parsed.data, market: marketIn(arenaFolder, parsed.data.market) };
  const issue = parsed.error.issues[0];
  throw new Problem('damaged', `${folder}: settings.${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: 'move the account aside with npm run paper -- reset',
  });
}

export function paperRules(settings: PaperSettings): PaperRules {
  return {
    cashUsd: settings.cashUsd,
    costs: settings.costs,
    limits: settings.limits,
    breakers: settings.breakers,
    protection: settings.protection,
    fills: settings.fills,
  };
}
