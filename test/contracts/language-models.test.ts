import { startAnthropicServer } from '../support/anthropic-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { languageModelContract } from './language-model-contract.js';

languageModelContract('a model of OpenAI’s protocol', {
  protocol: 'openai',
  start: startOpenaiServer,
  startPlain: (options) => startOpenaiServer({ ...options, plainText: true }),
  startWithoutTemperature: (options) => startOpenaiServer({ ...options, reasoning: options.models ?? [] }),
});

languageModelContract('a model of Anthropic’s protocol', {
  protocol: 'anthropic',
  start: startAnthropicServer,
  startPlain: (options) => startAnthropicServer({ ...options, plainText: true }),
  startWithoutTemperature: (options) =>
    startAnthropicServer({ ...options, noTemperature: options.models ?? [] }),
});
