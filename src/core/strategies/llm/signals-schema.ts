/** The reply format as a JSON schema, for the system text and for providers that can be held to one. */
const numberOrNull = { type: ['number', 'null'] };

const signal = {
  coin: { type: 'string' },
  signal: { type: 'string', enum: ['buy', 'sell', 'hold', 'close_position'] },
  quantity: numberOrNull,
  leverage: numberOrNull,
  profit_target: numberOrNull,
  stop_loss: numberOrNull,
  invalidation_condition: { type: ['string', 'null'] },
  confidence: numberOrNull,
  risk_usd: numberOrNull,
};

export const SIGNALS_SCHEMA = {
  type: 'object',
  properties: {
    reasoning: { type: 'string' },
    decisions: {
      type: 'array',
      items: {
        type: 'object',
        properties: signal,
        required: Object.keys(signal),
        additionalProperties: false,
      },
    },
  },
  required: ['reasoning', 'decisions'],
  additionalProperties: false,
} as const;
