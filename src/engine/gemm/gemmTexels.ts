/**
 * WGSL of one GEMM variant that reads its operands from textures (`../../gpu/texels.ts`), except for a
 * low-rank part. It is for software adapters whose lanes fetch a vector of a buffer component by component.
 * As in `gemmQuads.ts`, the lanes of a quad exchange their rows of A, and a step sums eight numbers of the
 * summed dimension. The part of a coordinate that does not change with the step is computed once: computing
 * all of it costs as much as half a fetch.
 */
import { TEXELS_HEIGHT, TEXELS_WIDTH } from '../../gpu/texels';
import { component, range, type GemmVariant } from './gemmSource';
import { QUAD_STEP, quadMain, quadSums, quadSwaps } from './gemmQuads';

const HALVES = [0, 1] as const;

export function texelGemmSource(variant: GemmVariant): string {
  const { a, b } = operandsOf(variant);
  const { rows, columns } = variant.tile;
  // Four columns at a time, next to their fetches, to keep fewer values live.
  const columnsOf = range(columns / 4).flatMap((quad) => [
    ...b.read(quad),
    ...quadSums(
      rows,
      range(4).map((n) => 4 * quad + n),
      HALVES,
    ),
  ]);
  const product = `  {
    let depth = p.K;
${[a.invariant, b.invariant].join('\n')}
    for (var t = 0u; t < depth; t += ${QUAD_STEP}u) {
${[a.step, b.step].join('\n')}
${range(rows / 16)
  .flatMap(a.read)
  .join('\n')}
${quadSwaps(rows, HALVES).join('\n')}
${columnsOf.join('\n')}
    }
  }`;
  return `${quadMain(variant, product)}
${fetches()}`;
}

/**
 * One operand's fetches: what does not change in the loop, what changes with every step, and a quad of its
 * rows or columns.
 */
interface Operand {
  readonly invariant: string;
  readonly step: string;
  /** Statements that make the vectors along the summed dimension of four rows or columns. */
  readonly read: (quad: number) => readonly string[];
}

function operandsOf({ kind, tile }: GemmVariant): { readonly a: Operand; readonly b: Operand } {
  return {
    a: kind === 'TN' ? across('a', 'ma') : along('a', 'ma', tile.rows / 4),
    b: kind === 'NT' ? along('b', 'nb', tile.columns) : across('b', 'nb'),
  };
}

/**
 * Rows of the operand run along the summed dimension: one texel of four numbers for each row and half of a
 * step.
 */
function along(name: 'a' | 'b', first: string, count: number): Operand {
  const turn = name === 'a' ? '_0' : '';
  return {
    invariant: range(count)
      .map((i) => {
        const id = `${name}${i}`;
        return `    let ${id}r = ${first} + ${i}u;
    let ${id}s = ${id}r >> p.abreast${name};
    let ${id}x = x_of(${id}s / HEIGHT * p.band${name} + (${id}r & ((1u << p.abreast${name}) - 1u)) * p.ld${name}) + HALF_X;
    let ${id}y = y_of(${id}s % HEIGHT) + HALF_Y;`;
      })
      .join('\n'),
    step: HALVES.map((half) => `      let ${name}t${half} = x_of((t >> 2u) + ${half}u);`).join('\n'),
    read: (quad) =>
      range(4).flatMap((n) => {
        const i = 4 * quad + n;
        return HALVES.map(
          (half) => `      let ${name}${i}_${half}${turn} = fetch_${name}(${name}${i}x + ${name}t${half}, ${name}${i}y);`,
        );
      }),
  };
}

/**
 * Rows of the operand are numbers of the summed dimension, followed by zeros to the end of the last step. A
 * texel has four columns of one, and is transposed four by four, which in registers is a renaming. A step's
 * rows begin in a new row of the texture, since no more than `QUAD_STEP` lie abreast.
 */
function across(name: 'a' | 'b', first: string): Operand {
  const turn = name === 'a' ? '_0' : '';
  return {
    invariant: range(QUAD_STEP)
      .map(
        (k) => `    let ${name}${k}x = x_of(${first} / 4u + (${k}u & ((1u << p.abreast${name}) - 1u)) * p.ld${name}) + HALF_X;
    let ${name}${k}y = y_of(${k}u >> p.abreast${name}) + HALF_Y;`,
      )
      .join('\n'),
    step: `      let ${name}row = t >> p.abreast${name};
      let ${name}x = x_of(${name}row / HEIGHT * p.band${name});
      let ${name}y = y_of(${name}row % HEIGHT);`,
    read: (quad) => [
      `      let ${name}x${quad} = ${name}x + ${quad}f * STEP_X;`,
      ...range(QUAD_STEP).map(
        (k) => `      let ${name}k${k}_${quad} = fetch_${name}(${name}${k}x + ${name}x${quad}, ${name}${k}y + ${name}y);`,
      ),
      ...range(4).flatMap((n) =>
        HALVES.map((half) => {
          const four = range(4).map((k) => `${name}k${4 * half + k}_${quad}.${component(n)}`);
          return `      let ${name}${4 * quad + n}_${half}${turn} = vec4f(${four.join(', ')});`;
        }),
      ),
    ],
  };
}

/** The sampler takes the nearest texel and clamps, so that a fetch needs no check of bounds. */
function fetches(): string {
  return `const HEIGHT = ${TEXELS_HEIGHT}u;
const STEP_X = ${1 / TEXELS_WIDTH}f;
const STEP_Y = ${1 / TEXELS_HEIGHT}f;
const HALF_X = ${0.5 / TEXELS_WIDTH}f;
const HALF_Y = ${0.5 / TEXELS_HEIGHT}f;
fn x_of(texel: u32) -> f32 { return f32(texel) * STEP_X; }
fn y_of(row: u32) -> f32 { return f32(row) * STEP_Y; }
fn fetch_a(x: f32, y: f32) -> vec4f { return textureSampleLevel(A, nearest, vec2f(x, y), 0); }
fn fetch_b(x: f32, y: f32) -> vec4f { return textureSampleLevel(B, nearest, vec2f(x, y), 0); }`;
}
