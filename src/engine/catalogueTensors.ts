/** The frozen item features on the GPU, each table once, and whether an adapter can hold a catalogue at all. */
import { largestBuffer, type BufferLimits } from '../gpu/deviceRoom';
import { write, type Memory, type Tensor } from '../gpu/tensor';
import type { EngineInputs } from './engine';

export interface CatalogueTensors {
  /** What item embeddings are made of: [items, width of the features]. */
  readonly hidden: Tensor;
  /** What W_in is applied to in item tokens (interface `token`): [items, columns of W_in]. */
  readonly input: Tensor;
  /** What is added to it (`title+hidden`): [items, hidden]. */
  readonly title: Tensor | null;
}

/** Numbers a row of x. */
export function featureWidth({ config, features }: Pick<EngineInputs, 'config' | 'features'>): number {
  return features.width ?? config.hidden;
}

export function uploadCatalogue(memory: Memory, inputs: EngineInputs): CatalogueTensors {
  const { config, items, features, spec } = inputs;
  const { itemInterface, itemInput } = spec.objective;
  const upload = (table: Float32Array, width: number, label: string): Tensor => {
    const tensor = memory.tensor(items * width, label);
    write(memory.device, tensor, table);
    return tensor;
  };
  const hidden = upload(features.hidden, featureWidth(inputs), 'item features');
  const title =
    itemInterface === 'token' && itemInput !== 'hidden' ? upload(features.title, config.hidden, 'item title features') : null;
  return itemInput === 'title' && title !== null ? { hidden, input: title, title: null } : { hidden, input: hidden, title };
}

/**
 * A table is one buffer; kernels index it as a whole.
 * @throws RangeError before anything is allocated when an adapter cannot bind the features or embeddings of that many items.
 */
export function checkCatalogue(
  limits: BufferLimits,
  sizes: { readonly items: number; readonly features: number; readonly embeddingSize: number },
): void {
  const limit = largestBuffer(limits);
  const tables = [
    { what: 'features', width: sizes.features, remedy: 'a model with a smaller hidden size, or shorter embeddings of its items' },
    { what: 'embeddings', width: sizes.embeddingSize, remedy: 'a smaller embedding size' },
  ];
  for (const { what, width, remedy } of tables) {
    const most = 4 * Math.floor(limit / (16 * width));
    if (sizes.items <= most) continue;
    const number = (value: number): string => Math.round(value).toLocaleString('en');
    throw new RangeError(
      `The ${what} of ${number(sizes.items)} items × ${width} numbers take ${number((4 * sizes.items * width) / 1e6)} MB in one piece; ` +
        `this adapter allows ${number(limit / 1e6)} MB. Use a log with at most ${number(most)} items, or ${remedy}.`,
    );
  }
}
