/**
 * The frozen item features on the GPU, each table only once, and whether an adapter can hold a catalogue at
 * all.
 */
import { largestBuffer, type BufferLimits } from '../../gpu/deviceRoom';
import { write, type Memory, type Tensor } from '../../gpu/tensor';
import { megabytes } from '../../record/memoryPlan';
import type { EngineInputs } from '../engineInputs';
import type { ParameterLayout } from '../parameters';
import { withFreeCodes, type RunSpec } from '../../recipe/runSpec';
import { message, numberFormat, t } from '../../words/words';

export interface CatalogueTensors {
  /**
   * The input of item embeddings: [items, width of the features]; a placeholder of a few bytes if they do not
   * use it.
   */
  readonly hidden: Tensor;
  /**
   * What W_in is applied to in item tokens (interface `token`): [items, columns of W_in]; null if W_in is not
   * used.
   */
  readonly input: Tensor | null;
  /** What is added to it (`title+hidden`, `title+hidden+id`): [items, hidden]. */
  readonly title: Tensor | null;
}

/** Size of a row of x. */
export function featureRowSize({ config, features }: Pick<EngineInputs, 'config' | 'features'>): number {
  return features.width ?? config.hidden;
}

/** Whether anything uses the items' features x. */
export function usesFeatures(objective: RunSpec['objective']): boolean {
  const { itemInterface, itemInput, itemOutput, interestSkip } = withFreeCodes(objective);
  if (itemOutput.startsWith('content') || interestSkip !== 'none') return true;
  return itemInterface !== 'text' && itemInput !== 'id' && itemInput !== 'title';
}

export function uploadCatalogue(memory: Memory, inputs: EngineInputs): CatalogueTensors {
  const { config, items, features, spec } = inputs;
  const { itemInterface, itemInput } = withFreeCodes(spec.objective);
  const token = itemInterface !== 'text';
  const upload = (table: Float32Array, width: number, label: string): Tensor => {
    const tensor = memory.tensor(items * width, label);
    write(memory.device, tensor, table);
    return tensor;
  };
  const hidden = usesFeatures(spec.objective)
    ? upload(features.hidden, featureRowSize(inputs), 'item features')
    : memory.tensor(0, 'no item features');
  const title =
    token && itemInput !== 'hidden' && itemInput !== 'id' ? upload(features.title, config.hidden, 'item title features') : null;
  if (!token || itemInput === 'id') return { hidden, input: null, title: null };
  return itemInput === 'title' ? { hidden, input: title, title: null } : { hidden, input: hidden, title };
}

/**
 * An arm's parameters are one buffer, and with a large catalogue most of it is free item embeddings.
 * @throws RangeError before anything is allocated when an adapter cannot bind them.
 */
export function checkParameters(limits: BufferLimits, { size, slots }: ParameterLayout): void {
  const limit = largestBuffer(limits);
  const free = ['u', 'z'].reduce((sum, name) => {
    const { rows, columns } = slots.get(name) ?? { rows: 0, columns: 0 };
    return sum + rows * columns;
  }, 0);
  if (4 * size <= limit || free === 0) return;
  throw new RangeError(
    t(
      'The parameters of an arm take {size} in one piece, {free} of it free embeddings of items; this adapter allows {limit}. Make items of content alone (objective.itemInput, objective.itemOutput), lower the embedding size, or use a log with fewer items.',
      { size: megabytes(4 * size), free: megabytes(4 * free), limit: megabytes(limit) },
    ),
  );
}

/**
 * A table must fit into one buffer, which kernels index as a whole.
 * @throws RangeError before anything is allocated when an adapter cannot bind the features or embeddings of
 * that many items.
 */
export function checkCatalogue(
  limits: BufferLimits,
  sizes: { readonly items: number; readonly features: number; readonly embeddingSize: number },
): void {
  const limit = largestBuffer(limits);
  const tables = [
    {
      width: sizes.features,
      problem: message(
        'The features of {items} items × {width} numbers take {size} MB in one piece; this adapter allows {limit} MB. Use a log with at most {most} items, or a model with a smaller hidden size, or shorter embeddings of its items.',
      ),
    },
    {
      width: sizes.embeddingSize,
      problem: message(
        'The embeddings of {items} items × {width} numbers take {size} MB in one piece; this adapter allows {limit} MB. Use a log with at most {most} items, or a smaller embedding size.',
      ),
    },
  ];
  for (const { width, problem } of tables) {
    const most = 4 * Math.floor(limit / (16 * width));
    if (sizes.items <= most) continue;
    const number = (value: number): string => numberFormat().format(Math.round(value));
    throw new RangeError(
      t(problem, {
        items: number(sizes.items),
        width,
        size: number((4 * sizes.items * width) / 1e6),
        limit: number(limit / 1e6),
        most: number(most),
      }),
    );
  }
}
