/**
 * L_ent on the GPU: beside the backward pass of every layer's attention, whose probabilities it computes
 * again.
 */
import { write, type Tensor } from '../../../gpu/tensor';
import { armLora } from '../../../recipe/armRecipe';
import { attentionPrelude, attentionShape } from '../../decoder/attention';
import type { MicroBatch } from '../../decoder/microBatch';
import { addInnerProduct } from '../../rows/rows';
import type { TermLoss, TermParts } from '../termLoss';

/** Allocates its memory only if some arm has it. */
export function spreadAttention({ context, decoder, lora, arms, sizes }: TermParts): TermLoss {
  const { config } = decoder;
  const { heads, kvHeads, headSize, layers } = config;
  const rows = arms.some(({ lambdaEnt }) => lambdaEnt > 0) ? sizes.rows : 1;
  const tensor = (of: string, each: number): Tensor => context.memory.tensor(rows * each, `${of} of attention rows`);
  const [rowWeight, pull, lack] = [tensor('weights', 1), tensor('pull', 2 * heads), tensor('lack', heads)];
  const lowestOf = (arm: TermParts['arms'][number]): number => (lora.trainInputs ? 0 : armLora({ lora }, arm).firstLayer);
  return {
    scope: 'attention entropy',
    into: 'attention',
    load: (part, arm) => {
      write(context.memory.device, rowWeight, rowWeights(part, (layers - lowestOf(arm)) * heads));
    },
    add: ({ part, share, arm, scratch, report, slot, weight }, attended) => {
      if (attended === null) throw new Error('the entropy of attention is added layer by layer');
      const { at, block } = attended;
      if (at.layer < lowestOf(arm.spec)) return;
      const { kernels, recorder } = context;
      const read = { rows_info: at.info, qkv: block.qkv, lse: block.logSumExp };
      const shape = { rows: at.rows, ...attentionShape(config, at.layer) };
      recorder.dispatch({
        kernel: kernels.file('entropy_q', attentionPrelude('entropy_q', headSize)),
        storage: { ...read, row_weight: rowWeight, dqkv: scratch.qkv, pull, lack },
        params: { ...shape, weight: weight * share },
        threads: at.rows * heads,
      });
      recorder.dispatch({
        kernel: kernels.file('entropy_kv', attentionPrelude('entropy_kv', headSize)),
        storage: { ...read, pull, dqkv: scratch.qkv },
        params: shape,
        threads: at.rows * kvHeads,
      });
      const operands = { x: lack, y: rowWeight, out: report, slot, factor: share, repeat: heads };
      addInnerProduct(context, part.packed.rows * heads, operands);
    },
  };
}

/**
 * Of every row of a pass: its share of the mean over rows, then over histories of the pass, divided by
 * `planes`; 0 for [BOS] and rows of y.
 */
function rowWeights({ examples, packed }: Pick<MicroBatch, 'examples' | 'packed'>, planes: number): Float32Array {
  const weights = new Float32Array(packed.rows);
  packed.starts.forEach((start, example) => {
    const emb = packed.predictionRows[packed.embPredictions[example]!]!;
    weights.fill(1 / (planes * examples.length * (emb - start)), start + 1, emb + 1);
  });
  return weights;
}
