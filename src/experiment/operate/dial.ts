/**
 * Parameters between the base model and an arm: its LoRA scaled, whole or by its leading singular directions.
 * Pure.
 */
import { slotOf, type ParameterLayout, type Slot } from '../../engine/parameters';

/** t of the dial's points. */
export const DIAL = Array.from({ length: 13 }, (_, point) => point / 10);
/** What the leading directions are multiplied by, as in arXiv 2410.21228. */
export const LEADING = 0.7;
/** Rounds of the power iteration: its error falls by (σ₂/σ₁)² a round. */
const ROUNDS = 60;

/** Pairs of A and B. */
function pairsOf(layout: ParameterLayout): { readonly a: Slot; readonly b: Slot }[] {
  return [...layout.slots.values()]
    .filter(({ name }) => /^lora\..*\.A$/.test(name))
    .map((a) => ({ a, b: slotOf(layout, a.name.replace(/A$/, 'B')) }));
}

/** base + t·(s·B·A): B times t. Heads and inputs stay the arm's. */
export function dialled(layout: ParameterLayout, flat: Float32Array, t: number): Float32Array {
  const copy = Float32Array.from(flat);
  for (const { b } of pairsOf(layout)) for (let at = b.offset; at < b.offset + b.rows * b.columns; at++) copy[at]! *= t;
  return copy;
}

/**
 * The same arm with the leading singular direction u₁ of each B·A times `factor`: B − (1 − factor)·u₁·(u₁ᵀB).
 */
export function withLeading(layout: ParameterLayout, flat: Float32Array, factor: number): Float32Array {
  const copy = Float32Array.from(flat);
  for (const pair of pairsOf(layout)) {
    const { b } = pair;
    const u = leadingDirection(flat, pair);
    if (u === null) continue;
    for (let column = 0; column < b.columns; column++) {
      let along = 0;
      for (let row = 0; row < b.rows; row++) along += u[row]! * flat[b.offset + row * b.columns + column]!;
      for (let row = 0; row < b.rows; row++) copy[b.offset + row * b.columns + column]! -= (1 - factor) * u[row]! * along;
    }
  }
  return copy;
}

/** u₁ of B·A, [rows of B], by power iteration on B·(A·Aᵀ)·Bᵀ; null where it is 0. */
function leadingDirection(flat: Float32Array, { a, b }: { readonly a: Slot; readonly b: Slot }): Float64Array | null {
  const rank = a.rows;
  const gram = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++)
    for (let j = 0; j < rank; j++)
      for (let c = 0; c < a.columns; c++)
        gram[i * rank + j]! += flat[a.offset + i * a.columns + c]! * flat[a.offset + j * a.columns + c]!;
  let u = Float64Array.from({ length: b.rows }, (_, row) => 1 + (row % 7) / 10);
  for (let round = 0; round < ROUNDS; round++) {
    const low = new Float64Array(rank);
    for (let row = 0; row < b.rows; row++)
      for (let c = 0; c < rank; c++) low[c]! += u[row]! * flat[b.offset + row * b.columns + c]!;
    const turned = Float64Array.from(low, (_, i) => low.reduce((sum, value, j) => sum + gram[i * rank + j]! * value, 0));
    const next = Float64Array.from({ length: b.rows }, (_, row) =>
      turned.reduce((sum, value, c) => sum + value * flat[b.offset + row * b.columns + c]!, 0),
    );
    const size = Math.hypot(...next);
    if (size === 0) return null;
    u = next.map((value) => value / size);
  }
  return u;
}

export interface Placed {
  /** More is better. */
  readonly ranking: number;
  /** Less is better. */
  readonly loss: number;
}

/** Those of some points that no other is at least as good as in both, and better in one. */
export function paretoFront<Point extends Placed>(points: readonly Point[]): Point[] {
  return points
    .filter(
      (one) =>
        !points.some(
          (other) =>
            other.ranking >= one.ranking && other.loss <= one.loss && (other.ranking > one.ranking || other.loss < one.loss),
        ),
    )
    .sort((one, other) => one.loss - other.loss);
}
