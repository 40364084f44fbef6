/** A batch of two histories for a model, and parameters under which every gradient differs from 0. */
import type { EngineInputs } from '../engine/engineInputs';
import { embeddingStatistics } from '../engine/decoder/embeddingStatistics';
import type { EncodedExample } from '../engine/decoder/sequence';
import { initialParameters, layOutParameters, type ParameterLayout } from '../engine/parameters';
import type { TrainedArm } from '../engine/trainedArm';
import { forkRandom } from '../log/random';
import type { LoadedModel } from '../model/loadedModel';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { GRADIENT_ITEMS } from './texts';

/** LoRA of all projections of all layers, both terms on texts. */
const SPEC = {
  arms: [{ id: 'verified', label: 'Verified', lambdaGen: 0.3, lambdaRec: 0.3 }],
  model: { precision: 'f32' },
  lora: { rank: 4, alpha: 8 },
  objective: { maxHistory: 3, maxTextTokens: 10, embeddingSize: 16 },
  training: { batchSize: 2 },
  evaluation: { probes: 1, probeSteps: 0 },
};
const HISTORIES = [
  [0, 3, 4],
  [5, 1],
] as const;
const TARGETS = [6, 7] as const;

export interface VerifiedBatch {
  readonly spec: RunSpec;
  readonly layout: ParameterLayout;
  readonly arm: TrainedArm;
  readonly inputs: EngineInputs;
  readonly batch: readonly EncodedExample[];
}

/** The batch, and an arm with random LoRA; everything is drawn from fixed seeds. */
export async function verifiedBatch({ config, weights, tokenizer }: Omit<LoadedModel, 'id'>): Promise<VerifiedBatch> {
  const spec = runSpecSchema.parse({ version: 1, ...SPEC });
  const items = GRADIENT_ITEMS.length;
  const layout = layOutParameters(config, spec, { items });
  const statistics = await embeddingStatistics(weights, config);
  const flat = initialParameters(layout, config, statistics, spec);
  const random = forkRandom(1, 'verified arm');
  for (const { name, offset, rows, columns } of layout.slots.values()) {
    // B starts at 0, under which A has no gradient.
    if (name.endsWith('.B')) for (let i = 0; i < rows * columns; i++) flat[offset + i] = 0.05 * random.normal();
  }
  const draw = (deviation: number) => Float32Array.from({ length: items * config.hidden }, () => deviation * random.normal());
  const batch = HISTORIES.map((history, row): EncodedExample => {
    const target = TARGETS[row]!;
    const text = tokenizer.encode(GRADIENT_ITEMS[target][1]).slice(0, spec.objective.maxTextTokens - 1);
    return { history: [...history], target, query: [], text: [...text, config.eosId], exposed: [] };
  });
  return {
    spec,
    layout,
    arm: { spec: spec.arms[0]!, step: 0, layout, flat },
    inputs: {
      config,
      spec,
      items,
      features: { hidden: draw(1), title: draw(config.embeddingScale * statistics.deviation) },
      titleTokens: GRADIENT_ITEMS.map(([title]) => tokenizer.encode(title)),
      maxExposed: 0,
      maxQueryTokens: 0,
    },
    batch,
  };
}
