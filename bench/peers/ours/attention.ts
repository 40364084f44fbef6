/** Attention alone, by the kernels of the decoder. */
import { createContext } from '../../../src/engine/context';
import { Attention } from '../../../src/engine/decoder/attention';
import { addInnerProduct, fill } from '../../../src/engine/rows/rows';
import type { Gpu } from '../../../src/gpu/device';
import { readFloats } from '../../../src/gpu/tensor';
import type { AttentionCase } from '../../cases';
import type { AttentionInputs } from '../../inputs';
import { norm, type Work } from '../../library';
import { shapeOf } from '../../suite';
import { packDense } from './block';

export function attentionWork(gpu: Gpu, benchCase: AttentionCase, inputs: AttentionInputs): Work {
  const { heads, kvHeads, headSize, sequences, length } = benchCase;
  const context = createContext(gpu);
  const { memory, recorder } = context;
  const rows = sequences * length;
  const count = rows * heads * headSize;
  const config = shapeOf({ hidden: heads * headSize, layers: 1, heads, kvHeads, intermediate: 4, vocabulary: 4 });
  const attention = new Attention(context, config);
  const at = { info: memory.upload(packDense(sequences, length).info, 'info'), rows, layer: 0 };
  const block = {
    qkv: memory.upload(inputs.qkv, 'q, k, v'),
    attention: memory.tensor(count, 'o'),
    logSumExp: memory.tensor(rows * heads, 'log-sum-exp'),
  };
  const scratch = {
    attention: memory.upload(inputs.upstream, 'g'),
    delta: memory.tensor(rows * heads, 'delta'),
    qkv: memory.tensor(inputs.qkv.length, 'd q, k, v'),
  };
  const report = memory.tensor(4, 'report');
  let loss = NaN;
  return {
    async run() {
      // The loss accumulates.
      fill(context, report, 4);
      attention.forward(at, block);
      addInnerProduct(context, count, { x: block.attention, y: scratch.attention, out: report });
      attention.backward(at, block, scratch);
      [loss = NaN] = await recorder.submitAndRead(report, 1);
    },
    async outcome() {
      return { loss, gradNorm: norm(await readFloats(memory, [{ tensor: scratch.qkv, elements: inputs.qkv.length }])) };
    },
  };
}
