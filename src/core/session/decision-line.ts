import { canonicalJson } from '../domain/canonical-json.js';
import type { DecisionRecord } from './decide.js';

/** A decision as the journal keeps it. */
export function decisionLine(record: DecisionRecord): string {
  return canonicalJson({
    c: record.contestant,
    why: record.why.code,
    detail: record.why.detail,
    intents: record.intents.length === 0 ? undefined : record.intents,
    refused: record.refused.length === 0 ? undefined : record.refused,
    unfilled: record.unfilled.length === 0 ? undefined : record.unfilled,
    fault: record.fault,
    probe: record.probe,
  });
}
