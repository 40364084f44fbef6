/**
 * Experiments that take seconds on a software adapter: the shipped model, or another, 14 users with 6 events
 * each, 40 items.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { diskSource } from '../cli/diskSource';
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { certifyModel } from '../experiment/prepare/checkModel';
import { runExperiment } from '../experiment/runExperiment';
import type { Gate } from '../experiment/train/training';
import type { Gpu } from '../gpu/device';
import { watchBuffers } from '../gpu/bufferWatch';
import { readLog, type ReadLog } from '../log/readLog';
import type { VisualFeatures } from '../log/types';
import type { FeatureBook } from '../model/featureStore';
import type { LoadedModel } from '../model/loadedModel';
import { loadModel } from '../model/loadModel';
import { configureOrt } from '../model/ortSession';
import type { ModelSource } from '../model/source/modelSource';
import type { RankedLists } from '../measures/ranking/listFiles';
import { createTokenizer } from '../model/tokenizer';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import type { RunEvent } from '../record/runEvents';
import { contradictions } from '../record/contradictions';
import type { Certification, RunRecord } from '../record/runRecord';
import { sharedGpu } from './sharedGpu';

const MODEL = 'public/models/wordnet-1m';

export interface SmallRun {
  readonly record: RunRecord;
  readonly events: RunEvent[];
  readonly lists: readonly RankedLists[];
  /** Maximum bytes that buffers held. */
  readonly peak: number;
}

/** Six numbers per item, none for every fourth. */
function smallPictures(items: number): VisualFeatures {
  const present = Uint8Array.from({ length: items }, (_, item) => Number(item % 4 !== 3));
  const values = Float32Array.from({ length: 6 * items }, (_, at) => present[Math.floor(at / 6)]! * Math.sin(7 * at));
  return { width: 6, values, present, shipped: true };
}

export class SmallExperiment {
  private static opened: Promise<SmallExperiment> | undefined;

  private constructor(
    readonly gpu: Gpu,
    readonly model: LoadedModel,
    readonly certification: Certification,
    readonly data: ReadLog,
    private readonly store: FeatureStore,
  ) {}

  /** The one on the shipped model that the files of a process share, features included. */
  static shared(): Promise<SmallExperiment> {
    return (this.opened ??= this.open());
  }

  /**
   * @param store where features are stored: two providers differ in the last bits, and which is faster may
   * change
   * @param source of the model; the shipped one's
   */
  static async open({
    store = keptFeatures(),
    source = diskSource(MODEL),
  }: { readonly store?: FeatureStore | undefined; readonly source?: ModelSource } = {}): Promise<SmallExperiment> {
    const gpu = await sharedGpu();
    configureOrt();
    const model = await loadModel(source, 'wordnet-1m', () => undefined, createTokenizer);
    const read = await readLog([new File([smallLog()], 'small.csv')]);
    const data = { ...read, log: { ...read.log, visual: smallPictures(read.log.items.length) } };
    return new SmallExperiment(gpu, model, await certifyModel(gpu, model), data, store);
  }

  inputs(spec: RunSpec, data: ReadLog = this.data, profiled = (): boolean => false) {
    const { gpu, model, certification, store } = this;
    return { gpu, spec, model, certification, data, store, profiled, requestRepeats: 1 };
  }

  /** Runs to the end or until the gate returns `stop`, and expects all memory to be released. */
  run(
    spec: RunSpec,
    gate: Gate = () => Promise.resolve('go'),
    profiled = (): boolean => false,
    data: ReadLog = this.data,
  ): Promise<SmallRun> {
    const events: RunEvent[] = [];
    const lists: RankedLists[] = [];
    return watchBuffers(this.gpu.device, async (watch) => {
      const inputs = { ...this.inputs(spec, data, profiled), onListed: (one: RankedLists) => void lists.push(one) };
      const record = await runExperiment(inputs, (event) => events.push(event), gate);
      expect([watch.open, watch.bytes], 'all memory is given back').toEqual([0, 0]);
      expect(contradictions(record)).toEqual([]);
      return { record, events, lists, peak: watch.peak };
    });
  }
}

/** The model's own 64 would be half of a run's time; runExperiment.mesa.test.ts reads them once. */
export const DOMAIN_TEXTS = ['harp: a stringed instrument', 'tide: the rise of the sea'];

/**
 * Plain heads on LM features: four steps of two arms, two evaluations, two probes, unless `changes` say
 * otherwise.
 */
export function smallSpec({
  evaluation = { evaluations: 2, sampleUsers: 8 },
  ...changes
}: Record<string, unknown> & { readonly evaluation?: object } = {}): RunSpec {
  return runSpecSchema.parse({
    version: 1,
    seed: 3,
    training: { steps: 4, batchSize: 4, warmupSteps: 1 },
    objective: { maxHistory: 4, maxTextTokens: 8 },
    ...changes,
    evaluation: { texts: 2, domainTexts: DOMAIN_TEXTS, probes: 2, ...evaluation },
  });
}

/** Stores features, like page and CLI, for the life of the process. */
function keptFeatures(): FeatureStore {
  const kept: FeatureBook[] = [];
  return {
    load: () => Promise.resolve(kept),
    save: (book) => {
      kept.splice(0, 1, book);
      return Promise.resolve();
    },
  };
}

/** Items of the sample store, a query at every user's last event, shown items at the last two. */
export function smallLog(count = 40): string {
  const items = readFileSync('public/datasets/wordnet-store/items.csv', 'utf8')
    .split('\n')
    .slice(1, 1 + count);
  const titles = items.map((line) => line.split(',')[1] ?? '');
  const rows = ['user_id,item_id,timestamp,title,query,exposed'];
  for (let user = 0; user < 14; user++) {
    for (let event = 0; event < 6; event++) {
      const item = (user * 7 + event * 3) % count;
      rows.push(
        `u${user},i${item},${1000 * user + event},${titles[item] ?? ''},${event === 5 ? 'old lace' : ''},${event >= 4 ? `i${(item + 1) % count}` : ''}`,
      );
    }
  }
  return rows.join('\n');
}
