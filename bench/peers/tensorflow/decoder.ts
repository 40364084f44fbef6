/**
 * The decoder of docs/method.md in TensorFlow.js. Rows are [sequences · length, hidden]; call inside
 * `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { BlockWeights, DecoderConfig, DecoderWeights } from '../../../src/model/decoderConfig';
import type { Projection } from '../../../src/recipe/runSpec';
import { projectionShapes } from '../../projections';
import type { Pair } from '../lora';
import { rotationTables } from '../rotations';

export type LoraLayer = Readonly<Record<Projection, Pair<tf.Tensor2D>>>;

interface FrozenLayer {
  readonly inputNorm: tf.Tensor1D;
  readonly postNorm: tf.Tensor1D;
  readonly headNorms: { readonly q: tf.Tensor1D; readonly k: tf.Tensor1D } | null;
  readonly projections: Readonly<Record<Projection, tf.Tensor2D>>;
}

/** Constants for sequences of one length. */
interface Positions {
  readonly cos: tf.Tensor3D;
  readonly sin: tf.Tensor3D;
  /** 0 where a query may attend, a large negative number elsewhere: [groups · length, length]. */
  readonly mask: tf.Tensor2D;
}

export class TensorflowDecoder {
  readonly embedding: tf.Tensor2D;
  private readonly layers: readonly FrozenLayer[];
  private readonly finalNorm: tf.Tensor1D;
  private readonly positions = new Map<number, Positions>();

  constructor(
    private readonly config: DecoderConfig,
    weights: DecoderWeights,
    private readonly loraScale: number,
  ) {
    const { hidden, vocabulary } = config;
    this.embedding = tf.tensor2d(weights.embedding, [vocabulary, hidden]);
    this.finalNorm = tf.tensor1d(weights.finalNorm);
    this.layers = weights.blocks.map((block) => freeze(config, block));
  }

  /** Creates the constants for a length, which must outlive the pass that uses them. */
  prepare(length: number): void {
    if (this.positions.has(length)) return;
    const { heads, kvHeads, headSize } = this.config;
    const { cos, sin } = rotationTables(this.config, length);
    this.positions.set(length, {
      cos: tf.tensor3d(cos, [length, 1, headSize]),
      sin: tf.tensor3d(sin, [length, 1, headSize]),
      mask: causalMask(heads / kvHeads, length),
    });
  }

  /** Input rows → hidden states after the final norm. */
  forward(input: tf.Tensor2D, length: number, lora: readonly LoraLayer[]): tf.Tensor2D {
    let x = input;
    this.layers.forEach((layer, index) => {
      const adapted = (rows: tf.Tensor2D, projection: Projection): tf.Tensor2D =>
        this.linear(rows, layer.projections[projection], lora[index]![projection]);
      const normed = this.norm(x, layer.inputNorm);
      const heads = (rows: tf.Tensor2D, count: number, norm: 'q' | 'k'): tf.Tensor4D => {
        const split = tf.reshape<tf.Rank.R4>(rows, [-1, length, count, this.config.headSize]);
        return this.rotated(layer.headNorms === null ? split : this.norm(split, layer.headNorms[norm]), length);
      };
      const q = heads(adapted(normed, 'q_proj'), this.config.heads, 'q');
      const k = heads(adapted(normed, 'k_proj'), this.config.kvHeads, 'k');
      const v = tf.reshape<tf.Rank.R4>(adapted(normed, 'v_proj'), k.shape);
      x = tf.add(x, adapted(attention(q, k, v, this.positions.get(length)!.mask), 'o_proj'));
      const middle = this.norm(x, layer.postNorm);
      const gate = adapted(middle, 'gate_proj');
      const swiglu = tf.mul(tf.mul(gate, tf.sigmoid(gate)), adapted(middle, 'up_proj'));
      x = tf.add(x, adapted(swiglu as tf.Tensor2D, 'down_proj'));
    });
    return this.norm(x, this.finalNorm);
  }

  private linear(x: tf.Tensor2D, weight: tf.Tensor2D, { a, b }: Pair<tf.Tensor2D>): tf.Tensor2D {
    const low = tf.matMul(x, a, false, true);
    return tf.add(tf.matMul(x, weight, false, true), tf.mul(tf.matMul(low, b, false, true), this.loraScale));
  }

  private norm<R extends tf.Rank>(x: tf.Tensor<R>, gain: tf.Tensor1D): tf.Tensor<R> {
    const meanSquare = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, this.config.normEpsilon))), gain);
  }

  private rotated(x: tf.Tensor4D, length: number): tf.Tensor4D {
    const { cos, sin } = this.positions.get(length)!;
    const [first, second] = tf.split(x, 2, -1);
    return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(second!), first!], -1), sin));
  }
}

/**
 * 0 where a query may attend, a large negative number elsewhere, once for each of the query heads that share
 * a key head.
 */
export function causalMask(groups: number, length: number): tf.Tensor2D {
  const mask = new Float32Array(groups * length * length);
  for (let i = 0; i < mask.length; i++) mask[i] = i % length > Math.floor(i / length) % length ? -1e9 : 0;
  return tf.tensor2d(mask, [groups * length, length]);
}

/**
 * q [sequences, length, heads, headSize], k and v [sequences, length, kvHeads, headSize] → rows of o [·,
 * heads · headSize].
 */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor2D): tf.Tensor2D {
  const [sequences, length, heads, headSize] = q.shape;
  const kvHeads = k.shape[2];
  const groups = heads / kvHeads;
  const byKeyHead = (x: tf.Tensor4D): tf.Tensor4D => tf.transpose(x, [0, 2, 1, 3]);
  // Query heads that share a key head are consecutive, so that keys and values need no copies.
  const queries = tf.reshape<tf.Rank.R4>(
    tf.transpose(tf.reshape(q, [sequences, length, kvHeads, groups, headSize]), [0, 2, 3, 1, 4]),
    [sequences, kvHeads, groups * length, headSize],
  );
  const scores = tf.add(tf.mul(tf.matMul(queries, byKeyHead(k), false, true), 1 / Math.sqrt(headSize)), mask);
  const out = tf.reshape(tf.matMul(tf.softmax(scores), byKeyHead(v)), [sequences, kvHeads, groups, length, headSize]);
  return tf.reshape(tf.transpose(out, [0, 3, 1, 2, 4]), [sequences * length, heads * headSize]);
}

function freeze(config: DecoderConfig, block: BlockWeights): FrozenLayer {
  return {
    inputNorm: tf.tensor1d(block.inputNorm),
    postNorm: tf.tensor1d(block.postNorm),
    headNorms: config.headNorms ? { q: tf.tensor1d(block.qNorm!), k: tf.tensor1d(block.kNorm!) } : null,
    projections: Object.fromEntries(
      projectionShapes(config).map(({ projection, role, rows, columns }) => [
        projection,
        tf.tensor2d(block[role]!, [rows, columns]),
      ]),
    ) as Record<Projection, tf.Tensor2D>,
  };
}
