/** Frozen features of the catalogue: shipped, else cached, else computed by whichever provider a short measurement finds faster. */
import { itemText } from '../data/itemText';
import type { InteractionLog } from '../data/types';
import { BaseModel } from '../engine/baseModel';
import type { Gpu } from '../gpu/device';
import { featureKey } from '../model/featureStore';
import { chooseProvider, featureTokens, ortFeatures, standardise, titleFeatures, type NamedProvider } from '../model/features';
import type { CatalogueFeatures, LoadedModel } from '../model/decoderConfig';
import { openDecoder } from '../model/ortSession';
import type { StageProgress } from '../spec/runEvents';
import type { RunSpec } from '../spec/runSpec';
import { ortProvider } from './checkModel';

/** Rows that tell the providers' speeds apart. */
const SAMPLE_ROWS = 8;

/** Where computed features are kept; each returns null where there are none under that key. */
export interface FeatureStore {
  load(key: string, items: number, width: number): Promise<Float32Array | null>;
  save(key: string, hidden: Float32Array, items: number, width: number): Promise<void>;
}

/** @returns features standardised over the catalogue, ready for the engine. */
export async function catalogueFeatures(
  gpu: Gpu,
  model: LoadedModel,
  log: InteractionLog,
  { itemTemplate, historyTemplate }: RunSpec['data'],
  store: FeatureStore,
  onProgress: (progress: StageProgress) => void,
): Promise<CatalogueFeatures> {
  const items = log.items.length;
  const width = model.config.hidden;
  const texts = log.items.map((item) => itemText(item, itemTemplate));
  const key = featureKey(model.hash, itemTemplate, texts);
  onProgress({ stage: 'features', note: 'Looking for stored item features', done: 0, total: items });
  let means = await store.load(key, items, width);
  if (means === null) {
    means = await computeHidden(gpu, model, texts, onProgress);
    await store.save(key, means, items, width);
  }
  const titles = log.items.map((item) => itemText(item, historyTemplate));
  return { hidden: standardise(means, items, width), title: titleFeatures(model, titles) };
}

/** Mean last hidden state of every text, not standardised: [texts, hidden]. */
export async function computeHidden(
  gpu: Gpu,
  model: LoadedModel,
  texts: readonly string[],
  onProgress: (progress: StageProgress) => void,
): Promise<Float32Array> {
  const rows = featureTokens(model, texts);
  const base = new BaseModel(gpu, model.config, model.weights);
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['hidden_states'], cache: false }, ortProvider(gpu));
  try {
    const providers: NamedProvider[] = [
      { name: `ONNX Runtime (${decoder.provider})`, compute: ortFeatures(decoder) },
      {
        name: 'our engine',
        compute: (tokenRows, report) =>
          base.meanHidden(tokenRows, (done) => {
            report(done, tokenRows.length);
          }),
      },
    ];
    const { chosen } = await chooseProvider(providers, rows.slice(0, SAMPLE_ROWS));
    const note = `Computing item features with ${chosen.name}`;
    return await chosen.compute(rows, (done, total) => {
      onProgress({ stage: 'features', note, done, total });
    });
  } finally {
    base.destroy();
    await decoder.release();
  }
}
