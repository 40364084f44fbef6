/** Arms that start from an exported adapter start where the exporting arm was. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { diskSource } from '../../cli/diskSource';
import { readLog, type ReadLog } from '../../log/readLog';
import { HEADS_FILE, PEFT_CONFIG } from '../../engine/peft/modules';
import { writeAdapter } from '../../engine/peft/write';
import type { TrainedArm } from '../../engine/trainedArm';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { FeatureBook } from '../../model/featureStore';
import type { LoadedModel } from '../../model/loadedModel';
import { loadModel } from '../../model/loadModel';
import { ModelError } from '../../model/modelError';
import { configureOrt } from '../../model/ortSession';
import { createTokenizer } from '../../model/tokenizer';
import { runRecordSchema, type Certification, type RunRecord } from '../../record/runRecord';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { baseSinksOf } from '../../measures/sinks/userSinks';
import { runExperiment } from '../runExperiment';
import { startAdapter, startingFrom, type AdapterFiles, type StartAdapter } from './startAdapter';

const kept: FeatureBook[] = [];
const store = {
  load: () => Promise.resolve(kept),
  save: (book: FeatureBook) => {
    kept.splice(0, 1, book);
    return Promise.resolve();
  },
};
// No test here depends on it.
const certification: Certification = { certificate: null, uncertified: 'not asked for' };

let gpu: Gpu;
let model: LoadedModel;
let data: ReadLog;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
  model = await loadModel(diskSource(path.resolve('public/models/wordnet-1m')), 'wordnet-1m', () => undefined, createTokenizer);
  data = await readLog([new File([log()], 'small.csv')]);
});

/** 10 users × 5 events on 20 items of the sample store. */
function log(): string {
  const titles = readFileSync('public/datasets/wordnet-store/items.csv', 'utf8')
    .split('\n')
    .slice(1, 21)
    .map((line) => line.split(',')[1]!);
  const rows = Array.from({ length: 50 }, (_, at) => {
    const [user, event] = [Math.floor(at / 5), at % 5];
    const item = (user * 7 + event * 3) % 20;
    return `u${user},i${item},${event},${titles[item]!}\n`;
  });
  return `user,item,time,title\n${rows.join('')}`;
}

const SPEC = runSpecSchema.parse({
  version: 1,
  seed: 5,
  arms: [{ id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 }],
  lora: { rank: 3, targets: ['q_proj', 'v_proj', 'up_proj'] },
  training: { steps: 3, batchSize: 4, warmupSteps: 1, learningRate: 0.01 },
  objective: { maxHistory: 4, maxTextTokens: 8, embeddingSize: 16 },
  evaluation: { evaluations: 1, sampleUsers: 100, probes: 2, prompts: 'harp:' },
});

async function run(spec: RunSpec, start: StartAdapter | null = null): Promise<{ record: RunRecord; arm: TrainedArm }> {
  let arm: TrainedArm | undefined;
  const inputs = { gpu, spec, model, certification, data, store, profiled: () => false, requestRepeats: 1, start };
  const record = await runExperiment(
    {
      ...inputs,
      onTrained: (arms) => {
        arm = arms[0];
      },
    },
    () => undefined,
    () => Promise.resolve('go'),
  );
  return { record, arm: arm! };
}

function exported(arm: TrainedArm, spec: RunSpec, hash = model.hash): AdapterFiles {
  const base = { config: model.config, id: spec.model.id, revision: spec.model.revision, hash };
  return new Map(writeAdapter(arm, base, spec.lora).map(({ name, bytes }) => [name, bytes]));
}

const shape = (): { items: number; features: number } => ({ items: data.log.items.length, features: model.config.hidden });

describe('arms that start from an adapter', () => {
  let first: { record: RunRecord; arm: TrainedArm };
  let files: AdapterFiles;
  beforeAll(async () => {
    first = await run(SPEC);
    files = exported(first.arm, SPEC);
  }, 120_000);

  it('rank, read and attend like the exported arm, before their first step', async () => {
    const start = startAdapter('karma', files);
    const fresh = runSpecSchema.parse({ ...SPEC, lora: {}, training: { ...SPEC.training, steps: 1 } });
    const spec = startingFrom(start, fresh, model.config, shape());
    expect(spec.lora).toEqual({ ...SPEC.lora, start: start.name });
    const { record } = await run(spec, start);
    const [before, after] = [first.record.arms[0]!.evaluations.at(-2)!, record.arms[0]!.evaluations[0]!];
    expect([before.step, after.step]).toEqual([3, 0]);
    expect(after.ranks).toEqual(before.ranks);
    for (const k of SPEC.evaluation.ks) expect(after.values[`hr@${k}`]).toBe(before.values[`hr@${k}`]);
    expect(Math.abs(after.values.lmNll! - before.values.lmNll!)).toBeLessThan(1e-5);
    expect(Math.abs(after.values.lmDrift! - before.values.lmDrift!)).toBeLessThan(1e-5);
    const besideBase = ({ continuations }: typeof before): number[] => continuations!.map(({ baseNll }) => baseNll);
    expect(besideBase(before)[0]).toBeGreaterThan(0);
    besideBase(after).forEach((nll, prompt) => {
      expect(nll).toBeCloseTo(besideBase(before)[prompt]!, 4);
    });
    // The base model beside it is still the base model.
    expect(record.base.values.lmNll).toBeCloseTo(first.record.base.values.lmNll!, 6);
    expect(record.base.attention.data).toBe(first.record.base.attention.data);
    const sinks = baseSinksOf(record).tables.itemAlpha!.flat();
    baseSinksOf(first.record)
      .tables.itemAlpha!.flat()
      .forEach((alpha, at) => {
        expect(sinks[at]).toBeCloseTo(alpha, 5);
      });
    expect(record.start).toEqual({ name: start.name, hash: start.hash, heads: true });
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  }, 120_000);

  it('take the heads of the seed if the adapter has none', async () => {
    const start = startAdapter('karma', new Map([...files].filter(([name]) => name !== HEADS_FILE)));
    const { record } = await run(startingFrom(start, SPEC, model.config, shape()), start);
    const [before, after] = [first.record.arms[0]!.evaluations.at(-2)!, record.arms[0]!.evaluations[0]!];
    expect(record.start?.heads).toBe(false);
    // The language model is the adapter's, the ranking is not.
    expect(Math.abs(after.values.lmNll! - before.values.lmNll!)).toBeLessThan(1e-5);
    expect(after.ranks).not.toEqual(before.ranks);
  }, 120_000);

  it('are refused if the adapter is not open, or does not fit', async () => {
    const start = startAdapter('karma', files);
    const spec = startingFrom(start, SPEC, model.config, shape());
    await expect(run(spec)).rejects.toThrow(`The adapter ${start.name} that the recipe starts from is not open here.`);
    const other = { ...spec, lora: { ...spec.lora, rank: 4 } };
    await expect(run(other, start)).rejects.toThrow('has rank 3');
    const elsewhere = startAdapter('karma', exported(first.arm, SPEC, 'cd'.repeat(32)));
    await expect(run(startingFrom(elsewhere, SPEC, model.config, shape()), elsewhere)).rejects.toThrow(
      'was trained on other weights than those of wordnet-1m: SHA-256 cdcdcdcdcdcd against',
    );
    const narrow = { ...spec, lora: { ...spec.lora, targets: ['q_proj' as const] } };
    await expect(run(narrow, start)).rejects.toThrow('adapter_model.safetensors does not fit the recipe: it has');
  });

  it('give an error when an adapter that cannot be used is opened', () => {
    const start = startAdapter('karma', files);
    const opened = (change: Partial<RunSpec>, of = start): RunSpec =>
      startingFrom(of, { ...SPEC, ...change }, model.config, shape());
    expect(() => opened({ model: { ...SPEC.model, id: 'other/model' } })).toThrow(
      'belongs to wordnet-1m, but the recipe’s model is other/model.',
    );
    expect(() => opened({ objective: { ...SPEC.objective, embeddingSize: 32 } })).toThrow(
      'karma_heads.safetensors does not fit the recipe',
    );
    const configured = (change: Record<string, unknown>): StartAdapter => {
      const json = { ...(JSON.parse(new TextDecoder().decode(files.get(PEFT_CONFIG))) as object), ...change };
      return startAdapter('karma', new Map([...files, [PEFT_CONFIG, new TextEncoder().encode(JSON.stringify(json))]]));
    };
    expect(() => opened({}, configured({ r: 100 }))).toThrow('lora.rank');
    expect(() => opened({}, configured({ r: 4 }))).toThrow(ModelError);
    expect(opened({}, configured({ base_model_name_or_path: '/home/me/WordNet-1m' })).lora.rank).toBe(3);
    // Different bytes make a different adapter, whatever the folder's name.
    expect(configured({ lora_alpha: 8 }).name).not.toBe(start.name);
  });
});
