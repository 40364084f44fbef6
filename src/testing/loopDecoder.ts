/**
 * An independent Llama decoder in float64 loops, written from docs/method.md; and a tiny random model to run
 * it on.
 */
import type { BlockWeights, DecoderConfig, DecoderWeights } from '../model/decoderConfig';
import { readConfig } from '../model/readConfig';

/** Three query heads share each of two key-value heads, and heads·headSize differs from hidden. */
export const TINY = readConfig({
  architectures: ['LlamaForCausalLM'],
  vocab_size: 23,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  head_dim: 4,
  intermediate_size: 20,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  max_position_embeddings: 32,
  tie_word_embeddings: true,
  bos_token_id: 20,
  eos_token_id: 21,
  pad_token_id: 22,
});

/** Uniform in [0, 1), mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomLoopWeights(config: DecoderConfig, seed: number): DecoderWeights {
  const random = seeded(seed);
  const draw = (count: number, scale: number, mean = 0) =>
    Float32Array.from({ length: count }, () => mean + scale * (2 * random() - 1));
  const { hidden, intermediate } = config;
  const queries = config.heads * config.headSize;
  const keys = config.kvHeads * config.headSize;
  const matrix = (out: number, inputs: number) => draw(out * inputs, 2 / Math.sqrt(inputs));
  return {
    embedding: draw(config.vocabulary * hidden, 1),
    blocks: Array.from({ length: config.layers }, () => ({
      inputNorm: draw(hidden, 0.5, 1),
      q: matrix(queries, hidden),
      k: matrix(keys, hidden),
      v: matrix(keys, hidden),
      o: matrix(hidden, queries),
      postNorm: draw(hidden, 0.5, 1),
      gate: matrix(intermediate, hidden),
      up: matrix(intermediate, hidden),
      down: matrix(hidden, intermediate),
    })),
    finalNorm: draw(hidden, 0.5, 1),
  };
}

export interface LoopResult {
  /** [tokens][vocabulary] */
  readonly logits: number[][];
  /** [tokens][hidden], after the final norm. */
  readonly hidden: number[][];
  /** [layer][head][query][key]; 0 above the diagonal. */
  readonly attentions: number[][][][];
}

/** One sequence of embedding rows, positions 0, 1, 2, … */
export function loopDecoder(config: DecoderConfig, weights: DecoderWeights, rows: readonly (readonly number[])[]): LoopResult {
  let x = rows.map((row) => [...row]);
  const attentions: number[][][][] = [];
  for (const block of weights.blocks) {
    const attended = attend(
      config,
      block,
      x.map((row) => rmsNorm(row, block.inputNorm, config.normEpsilon)),
      attentions,
    );
    x = x.map((row, i) => add(row, times(block.o, attended[i]!)));
    x = x.map((row) => {
      const h = rmsNorm(row, block.postNorm, config.normEpsilon);
      const up = times(block.up, h);
      const inner = times(block.gate!, h).map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      return add(row, times(block.down, inner));
    });
  }
  const hidden = x.map((row) => rmsNorm(row, weights.finalNorm, config.normEpsilon));
  return { logits: hidden.map((row) => times(weights.embedding, row)), hidden, attentions };
}

export function embed(config: DecoderConfig, weights: DecoderWeights, ids: readonly number[]): number[][] {
  return ids.map((id) => [...weights.embedding.subarray(id * config.hidden, (id + 1) * config.hidden)]);
}

function attend(config: DecoderConfig, block: BlockWeights, h: readonly number[][], record: number[][][][]): number[][] {
  const { heads, kvHeads, headSize } = config;
  const part = (row: readonly number[], head: number) => row.slice(head * headSize, (head + 1) * headSize);
  const queries = h.map((row) => times(block.q, row));
  const keys = h.map((row) => times(block.k, row));
  const values = h.map((row) => times(block.v, row));
  const output = h.map(() => new Array<number>(heads * headSize).fill(0));
  const maps: number[][][] = [];
  for (let head = 0; head < heads; head += 1) {
    const kvHead = Math.floor(head / (heads / kvHeads));
    const map = h.map((_, i) => {
      const query = rotate(part(queries[i]!, head), i, config.ropes[0]!.theta);
      const scores = h.slice(0, i + 1).map((_row, j) => {
        const key = rotate(part(keys[j]!, kvHead), j, config.ropes[0]!.theta);
        return query.reduce((sum, q, d) => sum + q * key[d]!, 0) / Math.sqrt(headSize);
      });
      const largest = Math.max(...scores);
      const exponentials = scores.map((score) => Math.exp(score - largest));
      const total = exponentials.reduce((sum, e) => sum + e, 0);
      return h.map((_row, j) => (exponentials[j] ?? 0) / total);
    });
    map.forEach((row, i) => {
      row.forEach((weight, j) => {
        part(values[j]!, kvHead).forEach((v, d) => {
          output[i]![head * headSize + d]! += weight * v;
        });
      });
    });
    maps.push(map);
  }
  record.push(maps);
  return output;
}

function rotate(vector: readonly number[], position: number, theta: number): number[] {
  const half = vector.length / 2;
  return vector.map((value, i) => {
    const angle = position * theta ** ((-2 * (i % half)) / vector.length);
    return i < half
      ? value * Math.cos(angle) - vector[i + half]! * Math.sin(angle)
      : value * Math.cos(angle) + vector[i - half]! * Math.sin(angle);
  });
}

function rmsNorm(row: readonly number[], gain: Float32Array, epsilon: number): number[] {
  const mean = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, i) => (value / Math.sqrt(mean + epsilon)) * gain[i]!);
}

/** W·x with W [out, in] row-major. */
function times(matrix: Float32Array, x: readonly number[]): number[] {
  return Array.from({ length: matrix.length / x.length }, (_, i) =>
    x.reduce((sum, value, j) => sum + matrix[i * x.length + j]! * value, 0),
  );
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}
