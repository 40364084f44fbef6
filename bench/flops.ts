/**
 * Floating-point operations of a case: products only, with a multiply-add counting two. Attention counts what
 * the causal mask lets through. Nothing is counted twice, so recomputation lowers a library's rate. Frozen
 * weights have no gradient.
 */
import type { DecoderConfig } from '../src/model/decoderConfig';
import type { BenchCase } from './cases';
import { projectionShapes } from './projections';

/**
 * @param config of the case's model, if the case only names it
 * @returns null for a whole experiment, which is more than products
 */
export function flopsOf(benchCase: BenchCase, config?: DecoderConfig): number | null {
  switch (benchCase.kind) {
    case 'matmul':
      return 2 * benchCase.rows * benchCase.columns * benchCase.depth;
    case 'crossEntropy':
      // Logits, and the gradient of h.
      return 2 * (2 * benchCase.rows * benchCase.columns * benchCase.depth);
    case 'block':
      return decoderPass(benchCase.config, benchCase.sequences, benchCase.length, benchCase.rank);
    case 'attention':
      return attentionPass(benchCase.sequences * benchCase.heads * causal(benchCase.length), benchCase.headSize);
    case 'embed': {
      const { id, model, texts, tokens } = benchCase;
      return reading(shapeOf(id, model, config), texts * tokens, texts * causal(tokens));
    }
    case 'generate': {
      // Each row once, and the head behind the prompt and each token but the last.
      const { id, model, prompt, tokens } = benchCase;
      const shape = shapeOf(id, model, config);
      const rows = prompt + tokens - 1;
      return reading(shape, rows, causal(rows)) + 2 * tokens * shape.vocabulary * shape.hidden;
    }
    case 'experiment':
      return null;
    case 'step': {
      const { model, items, history, text, spec, lambdaGen, lambdaRec } = benchCase;
      const shape = shapeOf(benchCase.id, model, config);
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

function shapeOf(id: string, model: string | DecoderConfig, config: DecoderConfig | undefined): DecoderConfig {
  const shape = typeof model === 'string' ? config : model;
  if (shape === undefined) throw new Error(`the shape of ${id}'s model is not known`);
  return shape;
}

/** One reading of `rows` rows that see `seen` keys in all, without LoRA. */
function reading(config: DecoderConfig, rows: number, seen: number): number {
  const { heads, headSize, layers } = config;
  const products = projectionShapes(config).reduce((sum, matrix) => sum + 2 * rows * matrix.columns * matrix.rows, 0);
  return layers * (products + 2 * (2 * seen * heads * headSize));
}

/** Forward and backward through all blocks: input and LoRA gradients. */
function decoderPass(config: DecoderConfig, sequences: number, length: number, rank: number): number {
  const { heads, headSize, layers } = config;
  const rows = sequences * length;
  let block = 0;
  for (const { rows: output, columns: input } of projectionShapes(config)) {
    // W forward and to the input's gradient; A and B forward, to the input's gradient and to their own.
    block += 2 * (2 * rows * input * output) + 3 * (2 * rows * rank * (input + output));
  }
  const seen = sequences * heads * causal(length);
  return layers * (block + attentionPass(seen, headSize));
}

/** q·k and weights·v forward; dv, d weights, dq and dk backward. @param seen keys, over all rows and heads */
function attentionPass(seen: number, headSize: number): number {
  return 6 * (2 * seen * headSize);
}

function causal(length: number): number {
  return (length * (length + 1)) / 2;
}
