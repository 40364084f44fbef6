/** Products are checked before a run: sound devices pass, and those that compute wrong are named. */
import { beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { alteredGpu } from '../../testing/alteredGpu';
import { sharedGpu } from '../../testing/sharedGpu';
import { checkProducts, WrongProductError, type CheckedShape } from './checkedProducts';
import { WEIGHT_FORMATS } from './weightFormat';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** Whole vectors and not, more than one workgroup of every tile, and numbers around C. */
function shape(changes: Partial<CheckedShape> = {}): CheckedShape {
  const { kind = 'NT', rows = 520, columns = 72, depth = 40 } = changes;
  const place = (length: number, offset = 0) => ({ stride: length + offset, offset });
  return {
    kind,
    rows,
    columns,
    depth,
    a: place(kind === 'TN' ? rows : depth, 8),
    b: place(kind === 'NT' ? depth : columns),
    out: place(columns, 8),
    format: 'f32',
    f16: false,
    tail: null,
    bias: false,
    residual: null,
    accumulate: false,
    ...changes,
  };
}

const tail = (kind: CheckedShape['kind'], depth: number): CheckedShape['tail'] => ({
  depth,
  a: { stride: kind === 'TN' ? 520 : depth, offset: 0 },
  b: { stride: kind === 'NT' ? depth : 72, offset: 0 },
});

const SHAPES: readonly CheckedShape[] = (['NT', 'NN', 'TN'] as const).flatMap((kind) => [
  ...WEIGHT_FORMATS.map((format) => shape({ kind, format })),
  shape({ kind, rows: 37, columns: 23, depth: 11 }),
  shape({ kind, rows: 4, columns: 8, depth: 5000 }),
  shape({ kind, tail: tail(kind, 8), bias: true, accumulate: true }),
  shape({ kind, format: 'q8_0', tail: tail(kind, 8), residual: { stride: 72, offset: 0 } }),
]);

it('finds nothing on a device that computes right, and looks at every shape once', async () => {
  const sound = alteredGpu(gpu, (code) => code);
  const progress: number[] = [];
  expect(await checkProducts(sound, [...SHAPES, ...SHAPES], { onProgress: (done) => progress.push(done) })).toBe(SHAPES.length);
  expect(progress).toEqual([...SHAPES.keys()]);
  expect(await checkProducts(sound, SHAPES)).toBe(0);
});

/** WGSL types of C's array elements, and how each is altered as a vector. */
const ELEMENTS: Readonly<Record<string, string>> = {
  'array<f32>': 'fn altered(v: f32, at: u32) -> f32 { return wrong(vec4f(v), at).x; }',
  'array<vec4f>': 'fn altered(v: vec4f, at: u32) -> vec4f { return wrong(v, at); }',
  'array<array<vec4f, 2>>':
    'fn altered(v: array<vec4f, 2>, at: u32) -> array<vec4f, 2> { return array(wrong(v[0], 2u * at), wrong(v[1], 2u * at + 1u)); }',
};

/** A kernel that stores what `wrong` makes of vector number `at` of C. */
function storing(code: string, wrong: string): string {
  const [, type = ''] = /var<storage, read_write> C: (.+);/.exec(code) ?? [];
  const stored = code.replaceAll(/C\[([^\]]+)\] = (.+);/g, 'C[$1] = altered($2, $1);');
  return `${stored}\nfn wrong(v: vec4f, at: u32) -> vec4f { ${wrong} }\n${ELEMENTS[type] ?? expect.fail(`C is ${type}`)}`;
}

/** What devices do, by altering the source of a product's kernel. */
const FAULTS: Readonly<Record<string, (code: string) => string>> = {
  'computes no row after the 500th': (code) => code.replaceAll(/\bp\.M\b/g, 'min(p.M, 500u)'),
  'drops the last columns': (code) => code.replaceAll(/\bp\.N\b/g, 'min(p.N, 64u)'),
  'leaves out the last of what is summed': (code) => code.replaceAll(/\bp\.K\b/g, '(p.K - min(p.K, 8u))'),
  'forgets a factor': (code) => code.replaceAll(/\bp\.alpha\b/g, '1.0'),
  'doubles one vector in 2,000': (code) => storing(code, 'return select(v, 2.0 * v, at % 2000u == 77u);'),
  'loses one of 2,000 writes': (code) => storing(code, 'return select(v, vec4f(0.0), at % 2000u == 78u);'),
  'makes one number in 8,000 huge': (code) => storing(code, 'var w = v; if (at % 2000u == 79u) { w.x = 3e38; } return w;'),
  'rounds to the 16 upper bits of a float': (code) =>
    storing(code, 'return bitcast<vec4f>(bitcast<vec4u>(v) & vec4u(0xffff0000u));'),
  'rounds to half floats': (code) =>
    storing(code, 'return vec4f(unpack2x16float(pack2x16float(v.xy)), unpack2x16float(pack2x16float(v.zw)));'),
};

it.each(Object.entries(FAULTS))(
  'a device that %s is found out by a product of each kind, of whole vectors or not',
  async (_, fault) => {
    const altered = alteredGpu(gpu, (code, name) => (name.startsWith('gemm') ? fault(code) : code));
    for (const kind of ['NT', 'NN', 'TN'] as const) {
      for (const depth of [40, 37]) {
        const check = (): Promise<unknown> => checkProducts(altered, [shape({ kind, depth })]).catch((error: unknown) => error);
        const found = await check();
        expect(found).toBeInstanceOf(WrongProductError);
        const { kernel, error, message } = found as WrongProductError;
        expect(kernel).toMatch(`gemm_${kind} `);
        expect(error).toBeGreaterThan(0);
        expect(message).toContain(`520 × ${depth} and ${depth} × 72 by gemm_`);
        // What was found is not taken for checked.
        expect(await check()).toBeInstanceOf(WrongProductError);
      }
    }
  },
);
