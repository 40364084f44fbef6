/** One block, run through the decoder of the training step. */
import { allocateActivations, allocateBackwardScratch, Workspace } from '../../../src/engine/decoder/activations';
import { FlatViews, LoraBlocks } from '../../../src/engine/adapter';
import { createContext } from '../../../src/engine/context';
import { addInnerProduct, fill } from '../../../src/engine/rows/rows';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { allocateWeights, fillWeights } from '../../../src/engine/decoder/frozenWeights';
import { SOURCE, type PackedRows } from '../../../src/engine/decoder/sequence';
import type { Gpu } from '../../../src/gpu/device';
import { readFloats } from '../../../src/gpu/tensor';
import type { BlockCase } from '../../cases';
import type { BlockInputs } from '../../inputs';
import { norm, type Work } from '../../library';
import { heldWeights } from '../../../src/model/weightSource';

export async function blockWork(gpu: Gpu, { config, sequences, length }: BlockCase, inputs: BlockInputs): Promise<Work> {
  const context = createContext(gpu);
  const { memory, recorder } = context;
  const { layout, flat } = inputs.parameters;
  const rows = sequences * length;
  const frozen = allocateWeights(memory, config, { precision: 'f32', arithmetic: 'f32' });
  await fillWeights(gpu.device, frozen, heldWeights(inputs.weights));
  const decoder = new Decoder(context, frozen, layout);
  const pass = allocateActivations(memory, config, layout, {
    capacity: rows,
    reach: { lowest: 0, input: true },
    checkpoint: false,
    workspace: new Workspace(memory, config, layout, rows),
    label: 'block',
  });
  const scratch = allocateBackwardScratch(memory, config, layout, rows);
  const parameters = new FlatViews(memory.upload(flat, 'parameters'), layout);
  const blocks = new LoraBlocks(context, layout, frozen);
  const gradients = new FlatViews(memory.tensor(layout.size, 'gradients'), layout);
  const x = memory.upload(inputs.x, 'input');
  const upstream = memory.upload(inputs.upstream, 'g');
  const report = memory.tensor(4, 'report');
  const count = rows * config.hidden;
  decoder.load(pass, packDense(sequences, length));
  let loss = NaN;
  return {
    async run() {
      const views = { parameters, blocks };
      blocks.refresh(parameters);
      // Gradients and loss accumulate.
      fill(context, gradients.flat, layout.size);
      fill(context, report, 4);
      decoder.forward({ pass, rows, arm: views }, { dense: x, learned: x });
      addInnerProduct(context, count, { x: pass.hidden, y: upstream, out: report });
      decoder.backward({ pass, rows, arm: views }, upstream, scratch, gradients);
      [loss = NaN] = await recorder.submitAndRead(report, 1);
    },
    async outcome() {
      const read = await readFloats(memory, [
        { tensor: scratch.residual, elements: count },
        { tensor: gradients.flat, elements: layout.size },
      ]);
      return { loss, gradNorm: norm(read) };
    },
  };
}

/** Sequences of equal length whose rows are all given as vectors. */
export function packDense(sequences: number, length: number): PackedRows {
  const rows = sequences * length;
  const info = new Uint32Array(4 * rows);
  const source = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row - (row % length);
    info.set([start, start + length, row - start, 0xffffffff], 4 * row);
    source[row] = ((SOURCE.dense << 30) | row) >>> 0;
  }
  const none = new Uint32Array(0);
  return { rows, info, source, text: { rows: none, tokens: none, weights: new Float32Array(0) } };
}
