/** What the playground does with texts: features of items, and continuations. */
import { BaseModel } from '../../../src/engine/decoder/baseModel';
import { Engine } from '../../../src/engine/engine';
import { initialParameters, layOutParameters } from '../../../src/engine/parameters';
import { Evaluator } from '../../../src/engine/ranking/evaluator';
import { embeddingStatistics } from '../../../src/engine/decoder/embeddingStatistics';
import type { Gpu } from '../../../src/gpu/device';
import { heldWeights } from '../../../src/model/weightSource';
import { armSchema } from '../../../src/recipe/runSpec';
import type { GenerateCase } from '../../cases';
import { writtenOutcome, type TokenInputs } from '../../inputs';
import { productOutcome, type Work } from '../../library';
import { stepCase } from '../../suite';

export async function embedWork(gpu: Gpu, { config, weights, texts }: TokenInputs): Promise<Work> {
  const base = await BaseModel.create(gpu, { config, weights: heldWeights(weights) });
  let means = new Float32Array(0);
  return {
    async run() {
      means = Float32Array.from(await base.meanHidden(texts));
    },
    outcome: () => Promise.resolve(productOutcome(means)),
  };
}

/** The engine keeps no keys and values: every token reads the whole text again. */
export async function generateWork(
  gpu: Gpu,
  { id, prompt, tokens }: GenerateCase,
  { config, weights, texts }: TokenInputs,
): Promise<Work> {
  const items = 4;
  const rows = prompt + tokens + 2;
  const { spec, lambdaGen, lambdaRec } = stepCase(id, 'karma', config, { batch: 2, rows, text: Math.ceil(rows / 2), items });
  const armSpec = armSchema.parse({ id, label: id, lambdaGen, lambdaRec });
  const held = heldWeights(weights);
  const engine = await Engine.create(gpu, {
    // Nothing ends a text.
    config: { ...config, endIds: [] },
    weights: held,
    features: { hidden: new Float32Array(items * config.hidden), title: new Float32Array(items * config.hidden) },
    items,
    titleTokens: [],
    spec: { ...spec, arms: [armSpec] },
    maxExposed: 0,
    maxQueryTokens: 0,
  });
  const layout = layOutParameters(config, spec, { items });
  const flat = initialParameters(layout, config, await embeddingStatistics(held, config), spec);
  const arm = engine.createArm(armSpec, flat);
  const { continuations } = new Evaluator(engine, 1, rows);
  let written: readonly { readonly token: number; readonly probability: number }[] = [];
  return {
    async run() {
      // [BOS] is put before the prompt.
      [written = []] = await continuations.write(arm, [texts[0]!.slice(1)], tokens);
    },
    outcome: () => Promise.resolve(writtenOutcome(written)),
  };
}
