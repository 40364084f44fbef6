/**
 * WGSL of one GEMM variant that reads its operands from textures (`../../gpu/texels.ts`), for software adapters whose lanes fetch a buffer's vectors
 * component by component. As in `gemmQuads.ts` the lanes of a quad exchange their rows of A; a step sums eight numbers of the summed dimension. A
 * coordinate is a loop-invariant part of the rows plus what changes with the step, since computing one costs as much as half a fetch.
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
  const products = `  {
    let depth = p.K;
    let lda = p.lda;
    let ldb = p.ldb;
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
  return `${quadMain(variant, products)}
${fetches()}`;
}

/** One operand's fetches: what does not change in the loop, what changes with every step, and a quad of its rows or columns. */
interface Operand {
  readonly invariant: string;
  readonly step: string;
  /** Statements that make the vectors along the summed dimension of four rows or columns. */
  readonly read: (quad: number) => readonly string[];
}

function operandsOf({ kind }: GemmVariant): { readonly a: Operand; readonly b: Operand } {
  return {
    a: kind === 'TN' ? across(kind, 'a', 'ma') : along('a', 'ma'),
    b: kind === 'NT' ? along('b', 'nb') : across(kind, 'b', 'nb'),
  };
}

/** Rows of the operand run along the summed dimension: one texel of four numbers for each row and half of a step. */
function along(name: 'a' | 'b', first: string): Operand {
  const turn = name === 'a' ? '_0' : '';
  return {
    invariant: `    let ${name}x = x_of(${first} / HEIGHT * ld${name}) + HALF_X;
    let ${name}y = y_of(${first} % HEIGHT) + HALF_Y;`,
    step: `      let ${name}t = ${name}x + x_of(t >> 2u);`,
    read: (quad) =>
      range(4).flatMap((n) =>
        HALVES.map(
          (half) =>
            `      let ${name}${4 * quad + n}_${half}${turn} = fetch_${name}(${name}t + ${half}f * STEP_X, ${name}y + ${4 * quad + n}f * STEP_Y);`,
        ),
      ),
  };
}

/** Rows of the operand are numbers of the summed dimension: a texel has four columns of one, and is transposed four by four, which in registers is a renaming. */
function across(kind: 'NN' | 'TN', name: 'a' | 'b', first: string): Operand {
  const turn = name === 'a' ? '_0' : '';
  // Nothing is read past the end of K: A's zeros alone would not stop a NaN in memory.
  const cut = kind === 'TN';
  const row = (k: number): string => (cut ? `y_of(min(${k}u, depth - 1u - t))` : `${k}f * STEP_Y`);
  return {
    invariant: `    let ${name}x = x_of(${first} / 4u) + HALF_X;`,
    step: `      let ${name}t = ${name}x + x_of(t / HEIGHT * ld${name});
      let ${name}y = y_of(t % HEIGHT) + HALF_Y;`,
    read: (quad) => [
      ...range(QUAD_STEP).map((k) => {
        const fetched = `fetch_${name}(${name}t + ${quad}f * STEP_X, ${name}y + ${row(k)})`;
        return `      let ${name}k${k}_${quad} = ${cut && name === 'a' ? `select(vec4f(), ${fetched}, t + ${k}u < depth)` : fetched};`;
      }),
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
