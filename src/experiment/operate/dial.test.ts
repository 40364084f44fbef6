import { describe, expect, it } from 'vitest';
import type { ParameterLayout } from '../../engine/parameters';
import { dialled, paretoFront, withLeading } from './dial';

/** B [3, 2] and A [2, 2] of one projection, after a head of one number. */
const layout = {
  slots: new Map(
    [
      { name: 'w_o', offset: 0, rows: 1, columns: 1 },
      { name: 'lora.0.q_proj.A', offset: 1, rows: 2, columns: 2 },
      { name: 'lora.0.q_proj.B', offset: 5, rows: 3, columns: 2 },
    ].map((slot) => [slot.name, slot]),
  ),
} as unknown as ParameterLayout;

/** B·A, from the parameters. */
function change(flat: Float32Array): number[] {
  return [0, 1, 2].flatMap((row) =>
    [0, 1].map((column) => flat[5 + 2 * row]! * flat[1 + column]! + flat[6 + 2 * row]! * flat[3 + column]!),
  );
}

describe('the dial', () => {
  // A is the identity, so the singular values of B·A are those of B: 5 along the first axis, 2 along the
  // second.
  const flat = Float32Array.from([9, 1, 0, 0, 1, 5, 0, 0, 2, 0, 0]);

  it('scales what LoRA adds, and nothing else', () => {
    expect([...dialled(layout, flat, 0.5)]).toEqual([9, 1, 0, 0, 1, 2.5, 0, 0, 1, 0, 0]);
    expect([...dialled(layout, flat, 1)]).toEqual([...flat]);
  });

  it('scales the leading singular direction alone', () => {
    const near = (got: number[], wanted: number[]): void => {
      got.forEach((value, at) => {
        expect(value).toBeCloseTo(wanted[at]!, 5);
      });
    };
    near(change(withLeading(layout, flat, 0.7)), [3.5, 0, 0, 2, 0, 0]);
    near(change(withLeading(layout, flat, 1)), change(flat));
    const nothing = flat.map((value, at) => (at < 5 ? value : 0));
    expect([...withLeading(layout, nothing, 0.7)]).toEqual([...nothing]);
  });

  it('finds the points that no other beats in both', () => {
    const points = [
      { ranking: 40, loss: 1 },
      { ranking: 42, loss: 2 },
      { ranking: 41, loss: 3 },
      { ranking: 39, loss: 0.5 },
      { ranking: 40, loss: 1.5 },
    ];
    expect(paretoFront(points).map(({ ranking }) => ranking)).toEqual([39, 40, 42]);
  });
});
