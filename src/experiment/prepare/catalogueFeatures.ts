/**
 * Frozen features of the catalogue: stored ones, or else computed by the provider that is faster in a short
 * measurement.
 */
import { itemText } from '../../log/itemText';
import type { InteractionLog } from '../../log/types';
import { BaseModel } from '../../engine/decoder/baseModel';
import { RowMeans } from '../../engine/rows/rowMeans';
import { FaultLog } from '../../gpu/faults';
import type { Gpu } from '../../gpu/device';
import { mergeBooks, textHash, type FeatureBook } from '../../model/featureStore';
import {
  chooseProvider,
  featureTokens,
  ortFeatures,
  standardiseColumns,
  titleFeatures,
  type NamedProvider,
  type ProviderTiming,
} from '../../model/features';
import { indexedCodes } from '../../model/codes/itemCodes';
import { residualCodes } from '../../model/codes/residualKMeans';
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { ortProblem } from '../../model/ortRoom';
import { openDecoder } from '../../model/ortSession';
import type { StageProgress } from '../../record/runEvents';
import type { Precision, RunSpec } from '../../recipe/runSpec';
import { sha256Hex } from '../../storage/sha256';
import { ortProvider } from './checkModel';
import { inOrder, storedRows, type FeatureStore } from './storedMeans';
import { axisFeatures } from './axisFeatures';
import type { PreparedData } from './preparedData';
import { ownEmbeddings, sideBySide, visualInput, wordsInput, type FeatureTable } from './featureTables';
import { t } from '../../words/words';

/** Number of rows for comparing the providers' speeds: a large model takes a second or more for them. */
const SAMPLE_ROWS = 4;
/** Texts computed at a time, and the maximum number lost when a run is stopped. */
const BATCH = 2048;

export interface FeatureOptions {
  readonly onProgress: (progress: StageProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /**
   * How our engine stores the weights of a model that ONNX Runtime cannot hold here; others are computed in
   * float32.
   */
  readonly precision?: Precision;
}

/**
 * @param gpu null: WebAssembly alone
 * @returns features standardised over the catalogue, ready for the engine, and in the `semantic` interface
 * the items' codes
 * @throws the signal's reason when aborted; RangeError if the recipe needs embeddings that the log lacks
 */
export async function catalogueFeatures(
  gpu: Gpu | null,
  model: LoadedModel,
  { log, split }: Pick<PreparedData, 'log' | 'split'>,
  spec: Pick<RunSpec, 'seed' | 'data' | 'features' | 'model' | 'objective'>,
  store: FeatureStore,
  options: FeatureOptions,
): Promise<CatalogueFeatures> {
  const { data, features, model: asked, objective, seed } = spec;
  const { itemTemplate, historyTemplate } = data;
  const { precision } = asked;
  const items = log.items.length;
  const { source } = features;
  const tables: FeatureTable[] = [];
  if (source.startsWith('lm')) {
    const width = model.config.hidden;
    const stored = { ...options, precision: precision === 'auto' ? ('f16' as const) : precision };
    tables.push({
      width,
      values: standardiseColumns(await lmFeatures(gpu, model, log, itemTemplate, store, stored), items, width),
    });
  }
  if (source.includes('own') || source.includes('visual')) {
    const { width, values } = source.includes('own') ? ownEmbeddings(log) : visualInput(log, features);
    // By principal axes, one-hot columns and embeddings keep their proportions.
    tables.push(features.axes > 0 ? { width, values } : { width, values: standardiseColumns(values, items, width) });
  }
  if (source === 'lm+words') tables.push(wordsInput(log, itemTemplate));
  const titles = log.items.map((item) => itemText(item, historyTemplate));
  const turns = {
    onProgress: (share: number) => {
      options.onProgress({
        stage: 'features',
        note: t('Principal axes of item features'),
        done: Math.floor(100 * share),
        total: 100,
      });
    },
    signal: options.signal,
  };
  const { width, values } =
    features.axes > 0 ? await axisFeatures(tables, { log, split }, features, turns) : sideBySide(tables, items);
  const title = await titleFeatures(model, titles);
  if (objective.itemInterface !== 'semantic') return { hidden: values, width, title };
  if (objective.codeIndex.length > 0) {
    const ids = log.items.map(({ id }) => id);
    return { hidden: values, width, title, codes: indexedCodes(objective.codeIndex, ids) };
  }
  const note = t('Quantising item features into codes');
  const onProgress = (done: number, total: number): void => {
    options.onProgress({ stage: 'features', note, done, total });
  };
  const codes = await residualCodes(values, items, objective, { seed, onProgress, signal: options.signal });
  return { hidden: values, width, title, codes };
}

/**
 * Mean last hidden state of each item's text, from the store if it is there, not standardised: [items,
 * hidden].
 */
async function lmFeatures(
  gpu: Gpu | null,
  model: LoadedModel,
  log: InteractionLog,
  itemTemplate: string,
  store: FeatureStore,
  options: FeatureOptions & { readonly precision: Precision },
): Promise<Float32Array> {
  const texts = log.items.map((item) => itemText(item, itemTemplate));
  options.onProgress({ stage: 'features', note: t('Looking for stored item features'), done: 0, total: texts.length });
  const width = model.config.hidden;
  const hashes = texts.map(textHash);
  const key = onlyOurs(gpu, model) ? sha256Hex(`${model.hash} in ${options.precision}`) : model.hash;
  const books = await store.load(key, width);
  const rows = storedRows(books);
  const missing = new Map<string, string>();
  hashes.forEach((hash, index) => {
    if (!rows.has(hash)) missing.set(hash, texts[index]!);
  });
  const gather = (): FeatureBook => {
    const found = [...new Set(hashes)].filter((hash) => rows.has(hash));
    const hidden = new Float32Array(found.length * width);
    found.forEach((hash, row) => {
      hidden.set(rows.get(hash)!, row * width);
    });
    return { model: key, width, hashes: found, hidden };
  };
  if (missing.size > 0) {
    const wanted = [...missing.keys()];
    try {
      await computeHidden(gpu, model, [...missing.values()], options, (first, hidden) => {
        for (let row = 0; row * width < hidden.length; row++) {
          rows.set(wanted[first + row]!, hidden.subarray(row * width, (row + 1) * width));
        }
      });
    } finally {
      // Also when stopped, so that nothing need be computed twice.
      await store.save(books.reduce((book, older) => mergeBooks(book, older), gather()));
    }
  }
  return inOrder(hashes, rows, width);
}

/**
 * Mean last hidden state of every text, not standardised, a batch of texts at a time. With ONNX Runtime on
 * WebGPU, only means leave the GPU.
 * @param take receives the index of a batch's first text and the batch's rows [texts, hidden]
 * @throws the signal's reason when aborted
 */
export async function computeHidden(
  gpu: Gpu | null,
  model: LoadedModel,
  texts: readonly string[],
  { onProgress, signal, precision = 'f32' }: FeatureOptions,
  take: (first: number, hidden: Float32Array) => void,
): Promise<void> {
  const faults = gpu && FaultLog.of(gpu.device).watch();
  const provider = ortProvider(gpu);
  const alone = onlyOurs(gpu, model);
  let base = gpu === null ? null : await BaseModel.create(gpu, model, alone ? { precision } : {});
  const pool = gpu === null || alone || provider.name === 'wasm' ? null : RowMeans.create(gpu, model.config.hidden);
  const outputsOn = pool === null ? 'cpu' : 'gpu-buffer';
  const graph = { input: 'ids', outputs: ['hidden_states'], cache: false, outputsOn } as const;
  let decoder = alone ? null : await openDecoder(model, graph, provider);
  try {
    const able = [
      ...(decoder === null ? [] : [{ name: `ONNX Runtime (${decoder.provider})`, compute: ortFeatures(decoder, pool) }]),
      ...(base === null ? [] : [ourEngine(base)]),
    ];
    const sample = featureTokens(model, texts.slice(0, SAMPLE_ROWS));
    const { chosen, timings } = able.length === 1 ? { chosen: able[0]!, timings: [] } : await chooseProvider(able, sample);
    // Both hold the whole model; the slower one is not needed any more.
    if (chosen.name === OURS) {
      await decoder?.release();
      decoder = null;
    } else {
      base?.destroy();
      base = null;
    }
    const note = noteOn(chosen, timings, sample.length);
    onProgress({ stage: 'features', note, done: 0, total: texts.length });
    for (let first = 0; first < texts.length; first += BATCH) {
      const rows = featureTokens(model, texts.slice(first, first + BATCH));
      const hidden = await chosen.compute(rows, (done) => {
        signal?.throwIfAborted();
        onProgress({ stage: 'features', note, done: first + done, total: texts.length });
      });
      // Only what has been checked may be kept.
      await faults?.settled();
      take(first, hidden);
    }
  } finally {
    base?.destroy();
    pool?.destroy();
    await decoder?.release();
  }
}

/** Whether ONNX Runtime cannot hold a model here, and our engine can. */
function onlyOurs(gpu: Gpu | null, { config }: LoadedModel): boolean {
  return gpu !== null && ortProblem(config, ortProvider(gpu)) !== null;
}

const OURS = 'our engine';

function ourEngine(base: BaseModel): NamedProvider {
  return {
    name: OURS,
    compute: (tokenRows, report) =>
      base.meanHidden(tokenRows, (done) => {
        report(done, tokenRows.length);
      }),
  };
}

/** Which provider computes, and what all of them took for a sample. */
function noteOn({ name }: NamedProvider, timings: readonly ProviderTiming[], texts: number): string {
  const times = timings
    .filter(({ milliseconds }) => milliseconds !== null)
    .map((one) => t('{name} {n} s', { name: one.name, n: (one.milliseconds! / 1000).toFixed(2) }));
  return times.length < 2
    ? t('Computing item features with {name}', { name })
    : t('Computing item features with {name} (for {texts} texts: {times})', { name, texts, times: times.join(', ') });
}
