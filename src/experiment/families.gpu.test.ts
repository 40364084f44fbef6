/**
 * A whole experiment on a tiny model of every family: loaded from its files, certified, features computed,
 * both arms trained and measured.
 */
import { beforeAll, expect, it } from 'vitest';
import { tinyModel } from '../testing/tinyModel';
import { readLog, type ReadLog } from '../log/readLog';
import type { Gpu } from '../gpu/device';
import { sharedGpu } from '../testing/sharedGpu';
import { drawnCases } from '../testing/drawnCases';
import { KNOWN_ARCHITECTURES } from '../model/family';
import type { LoadedModel } from '../model/loadedModel';
import { loadModel } from '../model/loadModel';
import { configureOrt } from '../model/ortSession';
import { droppedSource } from '../model/source/droppedSource';
import { createTokenizer } from '../model/tokenizer';
import { runSpecSchema } from '../recipe/runSpec';
import type { RunRecord } from '../record/runRecord';
import { certifyModel } from './prepare/checkModel';
import { runExperiment } from './runExperiment';

/** Fields of a model's config.json in addition to the tiny Llama's. */
const MODELS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  LlamaForCausalLM: { tie_word_embeddings: false },
  Qwen2ForCausalLM: { use_sliding_window: true, sliding_window: 5, max_window_layers: 1 },
  Qwen3ForCausalLM: { head_dim: 8 },
  Gemma3ForCausalLM: { head_dim: 8, sliding_window: 5, sliding_window_pattern: 2 },
  GPT2LMHeadModel: { n_embd: 32, n_layer: 2, n_head: 4, n_positions: 128 },
  SmolLM3ForCausalLM: { no_rope_layer_interval: 2 },
};

let gpu: Gpu;
let data: ReadLog;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
  data = await readLog([new File([log()], 'log.csv')]);
});

/** 6 users × 5 events on 12 items. */
function log(): string {
  const rows = ['user_id,item_id,timestamp,title'];
  for (let user = 0; user < 6; user++) {
    for (let event = 0; event < 5; event++) {
      const item = (user * 5 + event * 7) % 12;
      rows.push(`u${user},i${item},${100 * user + event},thing ${String.fromCharCode(97 + item)}`);
    }
  }
  return rows.join('\n');
}

it('covers every architecture', () => {
  expect(Object.keys(MODELS).sort()).toEqual([...KNOWN_ARCHITECTURES].sort());
});

async function tiny(architecture: string): Promise<LoadedModel> {
  const files = tinyModel({ config: { ...MODELS[architecture], architectures: [architecture] } });
  const folder = [...files].map(([name, bytes]) => new File([bytes], name));
  return loadModel(droppedSource(folder), 'local:tiny', () => undefined, createTokenizer);
}

/** Two steps and their evaluations. */
async function run(model: LoadedModel, rank: number, precision: string, itemInterface = 'token'): Promise<RunRecord> {
  const spec = runSpecSchema.parse({
    version: 1,
    model: { id: 'local:tiny', precision },
    training: { steps: 2, batchSize: 3, warmupSteps: 1 },
    lora: { rank },
    objective: { itemInterface, maxHistory: 4, maxTextTokens: 8, maxTitleTokens: 4 },
    evaluation: { evaluations: 1, sampleUsers: 4, probes: 1 },
  });
  const certification = await certifyModel(gpu, model);
  expect(certification.certificate?.passed).toBe(true);
  expect(certification.certificate?.maxRelative).toBeLessThan(1e-5);
  const store = { load: () => Promise.resolve([]), save: () => Promise.resolve() };
  const inputs = { gpu, spec, model, certification, data, store, profiled: () => false, requestRepeats: 1 };
  return runExperiment(
    inputs,
    () => undefined,
    () => Promise.resolve('go'),
  );
}

function expectWhole(record: RunRecord): void {
  expect(record.complete).toBe(true);
  for (const arm of record.arms) {
    expect(arm.steps.action).toHaveLength(2);
    expect(arm.steps.action.every(Number.isFinite)).toBe(true);
    expect(arm.evaluations.at(-1)!.targets.all).toBe(6);
  }
}

const CASES = Object.keys(MODELS).flatMap((architecture) =>
  [
    { itemInterface: 'token', precision: 'f32' },
    { itemInterface: 'text', precision: 'q8_0' },
  ].map((more) => ({ architecture, ...more })),
);

it.each(drawnCases(CASES, Object.values))(
  '$architecture runs in the $itemInterface interface with $precision weights',
  async ({ architecture, itemInterface, precision }) => {
    const model = await tiny(architecture);
    expect(model.config.architecture).toBe(architecture);
    const record = await run(model, 4, precision, itemInterface);
    expectWhole(record);
    for (const arm of record.arms) expect(arm.evaluations.at(-1)!.userSinks!.tables.itemAlpha).toHaveLength(model.config.layers);
  },
);

// Quantised weights are read four at a time, which a rank of 3 does not fit.
it.each(drawnCases(['f16', 'q8_0', 'q4_0']))('trains adapters of rank 3 on %s weights', async (precision) => {
  expectWhole(await run(await tiny(Object.keys(MODELS)[0]!), 3, precision));
});
