import type { ProtectionRules } from '../core/risk/account-protection.js';
import type { ArenaConfig } from './config/schema.js';

/** The rules of an account from the config, where 0 is off; undefined when nothing is on. */
export function protectionRulesOf(config: ArenaConfig['paper']['protection']): ProtectionRules | undefined {
  const { profitTakeShare, cooldownHours, ...rules } = config;
  const on = Object.entries(rules).filter(([, value]) => value > 0);
  if (on.length === 0) return undefined;
  return {
    ...(Object.fromEntries(on) as ProtectionRules),
    ...(rules.profitTakeFraction > 0 ? { profitTakeShare } : {}),
    ...(rules.portfolioTrailingStopFraction > 0 && cooldownHours > 0 ? { cooldownHours } : {}),
  };
}
