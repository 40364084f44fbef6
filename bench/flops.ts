/**
 * Floating-point operations of a case: products only, with a multiply-add counting two. Attention counts what the causal mask lets through.
 * Nothing is counted twice, so recomputation lowers a library's rate. Frozen weights have no gradient.
 */
import { projectionRows } from '../src/engine/parameters';
import type { DecoderConfig } from '../src/model/decoderConfig';
import { PROJECTIONS } from '../src/recipe/runSpec';
import type { BenchCase } from './cases';

/** @param config of the step's model, if the case only names it */
export function flopsOf(benchCase: BenchCase, config?: DecoderConfig): number {
  switch (benchCase.kind) {
    case 'matmul':
      return 2 * benchCase.rows * benchCase.columns * benchCase.depth;
    case 'crossEntropy':
      // Logits, and the gradient of h.
      return 2 * (2 * benchCase.rows * benchCase.columns * benchCase.depth);
    case 'block':
      return decoderPass(benchCase.config, benchCase.sequences, benchCase.length, benchCase.rank);
    case 'step': {
      const { model, items, history, text, spec, lambdaGen, lambdaRec } = benchCase;
      const shape = typeof model === 'string' ? config : model;
      if (shape === undefined) throw new Error(`the shape of ${benchCase.id}'s model is not known`);
      const { hidden, vocabulary } = shape;
      const users = spec.training.batchSize;
      const { rank } = spec.lora;
      const size = spec.objective.embeddingSize;
      const predictions = users * history;
      const lmHead = 4 * users * text * vocabulary * hidden;
      const gen = lambdaGen > 0 ? lmHead : 0;
      const rec = lambdaRec > 0 ? lmHead + 6 * users * size * hidden + decoderPass(shape, users, text, rank) : 0;
      return (
        decoderPass(shape, users, history + 2 + (lambdaGen > 0 ? text - 1 : 0), rank) +
        4 * users * history * hidden * hidden + // item tokens, gradient of W_in
        6 * predictions * hidden * size + // h
        4 * items * hidden * size + // e, gradient of W_e
        6 * predictions * items * size + // scores, gradients of h and e
        gen +
        rec
      );
    }
  }
}

/** Forward and backward through all blocks: input and LoRA gradients. */
function decoderPass(config: DecoderConfig, sequences: number, length: number, rank: number): number {
  const { hidden, heads, headSize, intermediate, layers } = config;
  const rows = sequences * length;
  const outputs = projectionRows(config);
  const inputs = { o_proj: heads * headSize, down_proj: intermediate } as Readonly<Record<string, number>>;
  let block = 0;
  for (const projection of PROJECTIONS) {
    const input = inputs[projection] ?? hidden;
    const output = outputs[projection];
    // W forward and to the input's gradient; A and B forward, to the input's gradient and to their own.
    block += 2 * (2 * rows * input * output) + 3 * (2 * rows * rank * (input + output));
  }
  const seen = sequences * heads * ((length * (length + 1)) / 2);
  // q·k and weights·v forward; dv, d weights, dq and dk backward.
  const attention = 6 * (2 * seen * headSize);
  return layers * (block + attention);
}
