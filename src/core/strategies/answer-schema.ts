import type { AnswerForm } from '../domain/model-call.js';
import { REGIME_SCHEMA } from './regime-hybrid/regime-schema.js';
import { SIGNALS_SCHEMA } from './llm/signals-schema.js';

/** The JSON schema of an answer, in the part of the language that providers hold a model to. */
export function answerSchema(form: AnswerForm): {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
} {
  return { name: form, json: SCHEMAS[form] };
}

const SCHEMAS: Readonly<Record<AnswerForm, Readonly<Record<string, unknown>>>> = {
  check: {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  },
  signals: SIGNALS_SCHEMA,
  regime: REGIME_SCHEMA,
};
