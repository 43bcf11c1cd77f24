import type { ModelRequest } from '../../ports/language-model.js';
import type { Optional } from './call-failure.js';
import type { Protocol } from './providers.js';
import type { TokensField, WireCall } from './wire.js';

/** What a model takes, as far as known: a small table to begin with, then what the provider has objected to. */
interface Habits {
  temperature: boolean;
  schema: boolean;
  tokensField: TokensField;
  /** Switched once at most: two names are all there are. */
  switched: boolean;
}

/** OpenAI's reasoning models: no temperature, and the newer name of the limit. Their later ones say themselves what they take. */
const REASONING = /^(?:openai\/)?(?:o[1-9](?:$|-)|gpt-5(?:-mini|-nano)?(?:$|-20\d\d))/;
const NEWER_LIMIT = /^(?:openai\/)?(?:o[1-9](?:$|-)|gpt-(?:[5-9]|\d\d))/;

export interface ModelHabits {
  callOf(request: ModelRequest): WireCall;
  /** Remembers an objection. False when the request did not have that part, or nothing is left to try. */
  remember(objection: Optional, call: WireCall): boolean;
}

/** Remembered as long as the process lives. */
export function createModelHabits(protocol: Protocol): ModelHabits {
  const known = new Map<string, Habits>();
  const habitsOf = (model: string): Habits => {
    const found = known.get(model);
    if (found !== undefined) return found;
    const habits: Habits = {
      temperature: protocol === 'anthropic' || !REASONING.test(model),
      schema: true,
      tokensField: protocol === 'openai' && NEWER_LIMIT.test(model) ? 'max_completion_tokens' : 'max_tokens',
      switched: false,
    };
    known.set(model, habits);
    return habits;
  };
  return {
    callOf({ setup, system, user, schema }) {
      const habits = habitsOf(setup.model);
      return {
        model: setup.model,
        temperature: habits.temperature ? (setup.temperature ?? undefined) : undefined,
        maxTokens: setup.maxTokens,
        tokensField: habits.tokensField,
        system,
        user,
        schema: habits.schema ? schema : undefined,
      };
    },
    remember(objection, call) {
      const habits = habitsOf(call.model);
      switch (objection) {
        case 'temperature':
          habits.temperature = false;
          return call.temperature !== undefined;
        case 'schema':
          habits.schema = false;
          return call.schema !== undefined;
        case 'tokens-field': {
          // Another call may have switched it meanwhile: then this one only has to be made again.
          if (habits.tokensField !== call.tokensField) return true;
          if (habits.switched || protocol === 'anthropic') return false;
          habits.switched = true;
          habits.tokensField = call.tokensField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
          return true;
        }
      }
    },
  };
}
