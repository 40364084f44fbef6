/** What the playground does with texts: features of items, and continuations. */
import { BaseModel } from '../../../src/engine/decoder/baseModel';
import { initialParameters, layOutParameters } from '../../../src/engine/parameters';
import { Evaluator } from '../../../src/engine/ranking/evaluator';
import { embeddingStatistics } from '../../../src/engine/decoder/embeddingStatistics';
import type { Gpu } from '../../../src/gpu/device';
import { heldWeights } from '../../../src/model/weightSource';
import type { GenerateCase } from '../../cases';
import type { TokenInputs } from '../../inputs';
import { productOutcome, writtenOutcome, type Work } from '../../library';
import { stepCase } from '../../suite';
import { openArm } from './step';

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

/** Reads the prompt once, keeps its keys and values, and then reads one token at a time. */
export async function generateWork(
  gpu: Gpu,
  { id, prompt, tokens }: GenerateCase,
  { config, weights, texts }: TokenInputs,
): Promise<Work> {
  const items = 4;
  const rows = prompt + tokens + 2;
  const benchCase = stepCase(id, 'karma', config, { batch: 2, rows, text: Math.ceil(rows / 2), items });
  const layout = layOutParameters(config, benchCase.spec, { items });
  const statistics = await embeddingStatistics(heldWeights(weights), config);
  const { engine, arm } = await openArm(gpu, benchCase, {
    // Nothing ends a text.
    config: { ...config, endIds: [] },
    weights,
    features: { hidden: new Float32Array(items * config.hidden), title: new Float32Array(items * config.hidden) },
    parameters: { layout, flat: initialParameters(layout, config, statistics, benchCase.spec) },
  });
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
