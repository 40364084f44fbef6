/**
 * The decoder of docs/method.md in jax-js. Functions follow its move semantics: an argument is consumed,
 * `.ref` keeps one alive. Weights are borrowed: these functions take references to them, and the caller
 * disposes of them.
 */
import { nn, numpy as np } from '@jax-js/jax';
import type { BlockWeights, DecoderConfig, DecoderWeights } from '../../../src/model/decoderConfig';
import type { Projection } from '../../../src/recipe/runSpec';
import { projectionShapes } from '../../projections';
import { rotationTables } from '../rotations';
import { matrix, vector } from './arrays';

/** Type aliases, because jax-js reads trees of arrays from them. */
export type LoraPair = { a: np.Array; b: np.Array };
export type LoraLayer = Record<Projection, LoraPair>;
export type FrozenLayer = {
  inputNorm: np.Array;
  postNorm: np.Array;
  headNorms: np.Array[];
  projections: Record<Projection, np.Array>;
};
export type Frozen = { embedding: np.Array; layers: FrozenLayer[]; finalNorm: np.Array };
export type Rotations = { cos: np.Array; sin: np.Array };

export function freeze(config: DecoderConfig, weights: DecoderWeights): Frozen {
  return {
    embedding: matrix(weights.embedding, config.vocabulary),
    layers: weights.blocks.map((block) => freezeBlock(config, block)),
    finalNorm: vector(weights.finalNorm),
  };
}

function freezeBlock(config: DecoderConfig, block: BlockWeights): FrozenLayer {
  return {
    inputNorm: vector(block.inputNorm),
    postNorm: vector(block.postNorm),
    headNorms: config.headNorms ? [vector(block.qNorm!), vector(block.kNorm!)] : [],
    projections: Object.fromEntries(
      projectionShapes(config).map(({ projection, role, rows }) => [projection, matrix(block[role]!, rows)]),
    ) as FrozenLayer['projections'],
  };
}

/** cos and sin of every position, [length, 1, headSize]. */
export function rotations(config: DecoderConfig, length: number): Rotations {
  const { cos, sin } = rotationTables(config, length);
  const shaped = (values: Float32Array): np.Array => matrix(values, length).reshape([length, 1, config.headSize]);
  return { cos: shaped(cos), sin: shaped(sin) };
}

/**
 * Input rows [sequences · length, hidden] → hidden states after the final norm.
 * @param lora null: the base model
 */
export function decoder(
  config: DecoderConfig,
  input: np.Array,
  { layers, finalNorm }: Omit<Frozen, 'embedding'>,
  lora: readonly LoraLayer[] | null,
  positions: Rotations,
  loraScale: number,
): np.Array {
  const [length = 0] = positions.cos.shape;
  let x = input;
  layers.forEach((layer, index) => {
    const adapted = (rows: np.Array, projection: Projection): np.Array =>
      linear(rows, layer.projections[projection], lora?.[index]?.[projection], loraScale);
    const normed = rmsNorm(x.ref, layer.inputNorm, config.normEpsilon);
    const q = adapted(normed.ref, 'q_proj');
    const k = adapted(normed.ref, 'k_proj');
    const v = adapted(normed, 'v_proj');
    const [qGain, kGain] = layer.headNorms;
    const heads = (rows: np.Array, count: number, gain: np.Array | undefined): np.Array => {
      const split = rows.reshape([-1, length, count, config.headSize]);
      const scaled = gain === undefined ? split : rmsNorm(split, gain, config.normEpsilon);
      return rotated(scaled, positions);
    };
    const attended = attention(heads(q, config.heads, qGain), heads(k, config.kvHeads, kGain), v);
    x = x.add(adapted(attended, 'o_proj'));
    const middle = rmsNorm(x.ref, layer.postNorm, config.normEpsilon);
    const gate = adapted(middle.ref, 'gate_proj');
    const swiglu = nn.silu(gate).mul(adapted(middle, 'up_proj'));
    x = x.add(adapted(swiglu, 'down_proj'));
  });
  return rmsNorm(x, finalNorm, config.normEpsilon);
}

/** x · Wᵀ for W [out, in]. */
export function project(x: np.Array, weight: np.Array): np.Array {
  return np.matmul(x, weight.ref.transpose());
}

function linear(x: np.Array, weight: np.Array, lora: LoraPair | undefined, loraScale: number): np.Array {
  if (lora === undefined) return project(x, weight);
  const { a, b } = lora;
  const low = project(x.ref, a);
  return project(x, weight).add(project(low, b).mul(loraScale));
}

function rmsNorm(x: np.Array, gain: np.Array, epsilon: number): np.Array {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.div(np.sqrt(meanSquare.add(epsilon))).mul(gain.ref);
}

/** x [sequences, length, heads, headSize] with every head rotated by its position. */
function rotated(x: np.Array, { cos, sin }: Rotations): np.Array {
  const half = x.shape.at(-1)! / 2;
  const first = x.ref.slice([], [], [], [0, half]);
  const second = x.ref.slice([], [], [], [half]);
  return x.mul(cos.ref).add(np.concatenate([second.neg(), first], -1).mul(sin.ref));
}

/**
 * q [sequences, length, heads, headSize], k and v [sequences, length, kvHeads, headSize] or v by rows → rows
 * of o [·, heads · headSize].
 */
export function attention(q: np.Array, k: np.Array, v: np.Array): np.Array {
  const [, length = 0, heads = 0, headSize = 0] = q.shape;
  const kvHeads = k.shape[2]!;
  const groups = heads / kvHeads;
  // Query heads that share a key head are consecutive, so that keys and values need no copies.
  const queries = q
    .reshape([-1, length, kvHeads, groups, headSize])
    .transpose([0, 2, 3, 1, 4])
    .reshape([-1, kvHeads, groups * length, headSize]);
  const keys = k.transpose([0, 2, 3, 1]);
  const values = v.reshape([-1, length, kvHeads, headSize]).transpose([0, 2, 1, 3]);
  const scores = np
    .matmul(queries, keys)
    .mul(1 / Math.sqrt(headSize))
    .reshape([-1, kvHeads, groups, length, length]);
  const masked = np.where(np.tri(length, length, 0, { dtype: np.bool }), scores, -Infinity);
  const weights = nn.softmax(masked, -1).reshape([-1, kvHeads, groups * length, length]);
  return np
    .matmul(weights, values)
    .reshape([-1, kvHeads, groups, length, headSize])
    .transpose([0, 3, 1, 2, 4])
    .reshape([-1, heads * headSize]);
}
