import { resolve } from 'node:path';
import { allAnswer, checkModels } from '../../app/check-models.js';
import { checkedModelsText } from '../../reporting/checked-models-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { readNamedModels } from '../model-files.js';
import { modelOfThisMachine } from '../models-of-this-machine.js';
import { openModelSide } from '../model-side.js';
import { createOutput } from '../output.js';
import { listenForStop } from '../stop-signal.js';

const MOST_TOKENS = 1000;
const DEFAULTS = { baseUrl: undefined, price: undefined, temperature: undefined };

/** `llm check`: one tiny call of every model that a file names. */
export async function llmCheckCommand(flags: ArenaFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const defaults = modelOfThisMachine(process.env);
  const files = readNamedModels(resolve(values.contestants.folder), defaults);
  // Without a file there is still the model of contestants that name none.
  const named = files.length > 0 ? files : [{ ...DEFAULTS, ...defaults }];
  const side = openModelSide(values.llm, named);
  const models = await Promise.all(
    named.map(async ({ provider, model: id, temperature }) => {
      const setup = { provider, model: id, temperature: temperature ?? null, maxTokens: MOST_TOKENS };
      const model = await side.access.model(setup.provider);
      return {
        name: `${setup.provider} ${setup.model}`,
        setup,
        model: 'fault' in model ? undefined : model,
        keyVariable: side.access.keyVariable(setup.provider),
        price: side.price(setup.provider, setup.model),
      };
    }),
  );
  const stop = listenForStop((text) => process.stderr.write(`${text}\n`));
  try {
    const checked = await checkModels(models, stop.signal);
    output.answer({ models: checked, ok: allAnswer(checked) });
    if (!output.json) process.stdout.write(`${checkedModelsText(checked).join('\n')}\n`);
    return allAnswer(checked) ? EXIT.fine : EXIT.degraded;
  } finally {
    stop.dispose();
  }
}
