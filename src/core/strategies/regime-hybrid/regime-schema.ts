import { REGIMES, RISK_MODES, TRENDS, VOLATILITIES } from './regime.js';

/** The shape of a regime reply, in the part of JSON schema that providers hold a model to: bounds of numbers are checked when it is read. */
export const REGIME_SCHEMA = {
  type: 'object',
  properties: {
    regime: { type: 'string', enum: REGIMES },
    trend: { type: 'string', enum: TRENDS },
    volatility: { type: 'string', enum: VOLATILITIES },
    risk_mode: { type: 'string', enum: RISK_MODES },
    confidence: { type: 'number' },
    reasoning: { type: 'string' },
  },
  required: ['regime', 'trend', 'volatility', 'risk_mode', 'confidence', 'reasoning'],
  additionalProperties: false,
} as const;
