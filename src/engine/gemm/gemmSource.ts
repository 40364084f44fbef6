/**
 * WGSL of one GEMM variant with operands in registers. A thread keeps a tile of C in named accumulators
 * (arrays would live in memory) and per step reads *fragments*, vectors of four neighbours, of both operands:
 * along the summed dimension for NT and A of NN, along C's rows or columns otherwise. With `broadcast` the
 * lanes of a subgroup share the loads of one operand's fragments and broadcast them. With `f16` fragments are
 * rounded to half floats, and so are the four products of a step and their sum, which a float32 accumulator
 * takes.
 */
import type { WeightFormat } from '../../recipe/runSpec';
import { loopBound } from '../loopBound';
import type { GemmKind } from './gemmCall';
import type { GemmTile } from './gemmTiles';
import { hasScales, readerSource, storedType } from './weightFormat';

/** Everything that needs a pipeline of its own; sizes and strides are uniforms. */
export interface GemmVariant {
  readonly kind: GemmKind;
  readonly tile: GemmTile;
  /** Loads and stores of four floats; needs every extent along a row to be a multiple of 4. */
  readonly vector: boolean;
  /** How B is stored; other than f32 needs `vector`. */
  readonly format: WeightFormat;
  /** Operands and their products are half floats (NT and NN; needs `vector`, `shader-f16`, and no tail). */
  readonly f16: boolean;
  readonly tail: boolean;
  readonly bias: boolean;
  readonly residual: boolean;
  readonly accumulate: boolean;
}

/**
 * What A is multiplied by before it is rounded to half floats. The A of NN is a gradient of mean losses,
 * whose entries are often below 2⁻¹⁴, from where on half floats lose digits, and always far below 16, from
 * where on the product would overflow. A power of two rounds nothing.
 */
export function f16Scale({ f16, kind }: Pick<GemmVariant, 'f16' | 'kind'>): number {
  return f16 && kind === 'NN' ? 4096 : 1;
}

/** `loaded`, a vector of four floats, as what a kernel multiplies. */
export function operandSource(variant: Pick<GemmVariant, 'f16' | 'kind'>, operand: 'a' | 'b', loaded: string): string {
  if (!variant.f16) return loaded;
  const scale = operand === 'a' ? f16Scale(variant) : 1;
  return `vec4h(${scale === 1 ? loaded : `${scale}.0 * ${loaded}`})`;
}

/** Directives of kernels that compute with half floats. */
export function f16Directive({ f16 }: Pick<GemmVariant, 'f16'>): string {
  return f16 ? 'enable f16;\n' : '';
}

/** Divides the sums of a product by what its A was multiplied by. */
export function unscaled(variant: GemmVariant): string {
  const scale = f16Scale(variant);
  if (scale === 1) return '';
  const { rows, columns } = variant.tile;
  const sums = range(rows).flatMap((i) => range(columns / 4).map((j) => `  c${i}_${j} *= ${1 / scale};`));
  return sums.join('\n');
}

export function gemmSource(variant: GemmVariant): string {
  const { tile } = variant;
  const rowLanes = tile.broadcast === 'B';
  const [x, y] = rowLanes ? [tile.groupRows, tile.groupColumns] : [tile.groupColumns, tile.groupRows];
  const [m, n] = rowLanes ? ['x', 'y'] : ['y', 'x'];
  const leave = [...(rowLanes ? [] : ['mb >= p.M']), ...(tile.broadcast === 'A' ? [] : ['nb >= p.N'])].join(' || ');
  const parts = tile.split ?? 1;
  const products = [product(variant, { a: 'A', b: 'B', suffix: '' })];
  if (variant.tail) products.push(product(variant, { a: 'A2', b: 'B2', suffix: '2' }));
  return `${f16Directive(variant)}${tile.sized === true ? 'enable subgroup_size_control;\n' : ''}${tile.numbered === true ? 'requires subgroup_id;\n' : ''}${tile.broadcast === undefined ? '' : SUBGROUPS}
${interfaceSource(variant)}
${parts === 1 ? '' : `var<workgroup> partial: array<vec4f, ${parts * x * y}>;`}
${tile.sized === true ? `@subgroup_size(${x})\n` : ''}@compute @workgroup_size(${x}, ${y}, ${parts})
fn main(@builtin(workgroup_id) group: vec3u, ${tile.numbered === true ? NUMBERED_THREAD : THREAD}
  let mb = (group.y * ${tile.groupRows}u + local.${m}) * ${tile.rows}u;
  let nb = (group.x * ${tile.groupColumns}u + local.${n}) * ${tile.columns}u;
  let lane = local.x;
${parts === 1 ? `  if (${leave}) { return; }` : ''}
${accumulators(tile)}
${products.join('\n')}
${unscaled(variant)}
${parts === 1 ? '' : joinParts(tile, parts, x * y)}
${storeSource(variant)}
}
`;
}

const THREAD = '@builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32) {';
/** The lanes of a subgroup lie along x, subgroups along y. */
const NUMBERED_THREAD = `@builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) place: u32) {
  let local = vec3u(place, subgroup, 0u);`;

const SUBGROUPS = `enable subgroups;
// A subgroup leaves as a whole: its lanes share the coordinate that is tested.
diagnostic(off, subgroup_uniformity);
`;

/** Sums of all parts of the summed dimension, in the threads of the first part; the others end. */
function joinParts(tile: GemmTile, parts: number, threads: number): string {
  const sums = range(tile.rows).flatMap((i) => range(tile.columns / 4).map((j) => `c${i}_${j}`));
  return `${sums
    .map(
      (sum) => `  partial[thread] = ${sum};
  workgroupBarrier();
  if (local.z == 0u) { for (var part = 1u; part < ${parts}u; part++) { ${sum} += partial[part * ${threads}u + thread]; } }
  workgroupBarrier();`,
    )
    .join('\n')}
  if (local.z > 0u) { return; }`;
}

export type MatrixName = 'A' | 'B' | 'A2' | 'B2' | 'bias' | 'R' | 'C';

/** What a variant reads, and C, in the order of their bindings. */
export function matrixNames({ tail, bias, residual }: GemmVariant): MatrixName[] {
  const names: MatrixName[] = ['A', 'B'];
  if (tail) names.push('A2', 'B2');
  if (bias) names.push('bias');
  if (residual) names.push('R');
  return [...names, 'C'];
}

/** Whether a matrix is copied to a texture. */
export function isInTexture({ tile }: GemmVariant, name: MatrixName): boolean {
  return tile.texels === true && (name === 'A' || name === 'B');
}

/** Uniforms of what is in buffers, and of operands in textures (`TexelLayout`). */
const PARAMS = `M: u32, N: u32, K: u32, alpha: f32, lda: u32, offa: u32, ldb: u32, offb: u32, ldc: u32, offc: u32,
  K2: u32, lda2: u32, offa2: u32, ldb2: u32, offb2: u32, ldr: u32, offr: u32, offbias: u32,`;
const TEXEL_PARAMS = `M: u32, N: u32, K: u32, alpha: f32, ldc: u32, offc: u32, ldr: u32, offr: u32, offbias: u32,
  lda: u32, banda: u32, abreasta: u32, ldb: u32, bandb: u32, abreastb: u32,
  K2: u32, lda2: u32, offa2: u32, ldb2: u32, offb2: u32,`;

/**
 * Uniforms and bindings of every variant. `elementOf` gives the element type of operands that are stored as
 * floats; with `texels`, A and B are textures.
 */
export function bindingSource(variant: GemmVariant, elementOf: (name: MatrixName) => string): string {
  const { format, tile } = variant;
  const texels = tile.texels === true;
  const bound = matrixNames(variant).flatMap((name) => {
    if (isInTexture(variant, name)) return [`var ${name}: texture_2d<f32>`];
    const stored = (variable: string, element: string): string =>
      `var<storage, ${name === 'C' ? 'read_write' : 'read'}> ${variable}: array<${element}>`;
    if (name !== 'B' || format === 'f32') return [stored(name, elementOf(name))];
    return [stored(name, storedType(format)), ...(hasScales(format) ? [stored('B_scales', 'u32')] : [])];
  });
  if (texels) bound.push('var nearest: sampler');
  const declarations = bound.map((declared, index) => `@group(0) @binding(${index + 1}) ${declared};`);
  return `struct Params {
  ${texels ? TEXEL_PARAMS : PARAMS}
}
@group(0) @binding(0) var<uniform> p: Params;
${declarations.join('\n')}`;
}

/** Bindings, uniforms and loads that register and staged kernels share. */
export function interfaceSource(variant: GemmVariant): string {
  const { vector, format } = variant;
  const type = vector ? 'vec4f' : 'f32';
  const plain = ['A', 'C', ...(variant.tail ? ['A2', 'B2'] : []), ...(variant.residual ? ['R'] : [])];
  return `${bindingSource(variant, (name) => (name === 'bias' ? 'f32' : type))}
${plain.map((name) => loader(name, vector, 'f32')).join('\n')}
${loader('B', vector, format)}`;
}

/** `load_X(at, left)`: four consecutive numbers of X from element `at`, zero from `left` on. */
function loader(name: string, vector: boolean, format: WeightFormat): string {
  if (vector) return `fn load_${name}(at: u32, left: u32) -> vec4f { ${readerSource(format, name, `${name}_scales`)} }`;
  return `fn load_${name}(at: u32, left: u32) -> vec4f {
  var v = vec4f();
  if (left > 0u) { v.x = ${name}[at]; }
  if (left > 1u) { v.y = ${name}[at + 1u]; }
  if (left > 2u) { v.z = ${name}[at + 2u]; }
  if (left > 3u) { v.w = ${name}[at + 3u]; }
  return v;
}`;
}

export function accumulators(tile: GemmTile): string {
  return range(tile.rows)
    .flatMap((i) => range(tile.columns / 4).map((j) => `  var c${i}_${j} = vec4f();`))
    .join('\n');
}

/** The operands of one of a kernel's products, and the suffix of its uniforms. */
export interface Operands {
  readonly a: string;
  readonly b: string;
  readonly suffix: '' | '2';
}

/**
 * Fragments of one operand in one step of four k. `base` is loop-invariant, `at` adds the offset of `k`,
 * `left` counts the numbers that exist. A fragment's index is a constant or, if lanes share the work, a WGSL
 * variable.
 */
interface Fragments {
  readonly name: 'a' | 'b';
  readonly count: number;
  readonly load: string;
  readonly base: (index: Index) => string;
  readonly at: (base: string, index: Index) => string;
  readonly left: (index: Index) => string;
  /** Condition for the fragment to count at all, if steps may run past the end of K. */
  readonly exists?: (index: Index) => string;
}
type Index = number | string;

function divided(index: Index, by: number): string {
  return typeof index === 'number' ? `${Math.floor(index / by)}u` : `${index} / ${by}u`;
}

function remainder(index: Index, by: number): string {
  return typeof index === 'number' ? `${index % by}u` : `${index} % ${by}u`;
}

function fragmentsOf(variant: GemmVariant, { a, b, suffix }: Operands): { readonly a: Fragments; readonly b: Fragments } {
  const { kind, tile, vector } = variant;
  const depth = `p.K${suffix}`;
  /** Rows of the operand run along k: one fragment per row. */
  const along = (name: 'a' | 'b', load: string, count: number, first: string, end: string): Fragments => ({
    name,
    load,
    count,
    base: (index) => `p.off${load.toLowerCase()} + min(${first} + ${divided(index, 1)}, ${end} - 1u) * p.ld${load.toLowerCase()}`,
    at: (base) => `${base} + k`,
    left: () => 'left',
  });
  /** Rows of the operand are k: four rows of quads, quad by quad within a row. */
  const across = (name: 'a' | 'b', load: string, quads: number, first: string, end: string): Fragments => {
    const start = (index: Index): string => `${first} + 4u * (${remainder(index, quads)})`;
    return {
      name,
      load,
      count: 4 * quads,
      // A quad that starts past the end reads the last one instead and is not stored.
      base: (index) => `p.off${load.toLowerCase()} + min(${start(index)}, ${end} - ${vector ? 4 : 1}u)`,
      at: (base, index) => {
        const row = `k + ${divided(index, quads)}`;
        return `${base} + ${kind === 'TN' ? `min(${row}, ${depth} - 1u)` : `(${row})`} * p.ld${load.toLowerCase()}`;
      },
      // Nothing is read past the end of K: A's zeros alone would not stop a NaN in memory.
      left: (index) => `select(0u, ${end} - min(${start(index)}, ${end}), ${divided(index, quads)} < left)`,
      ...(kind === 'TN' && vector && name === 'a' ? { exists: (index: Index) => `${divided(index, quads)} < left` } : {}),
    };
  };
  return {
    a: kind === 'TN' ? across('a', a, tile.rows / 4, 'mb', 'p.M') : along('a', a, tile.rows, 'mb', 'p.M'),
    b: kind === 'NT' ? along('b', b, tile.columns, 'nb', 'p.N') : across('b', b, tile.columns / 4, 'nb', 'p.N'),
  };
}

function product(variant: GemmVariant, operands: Operands): string {
  const { kind, tile, f16 } = variant;
  const fragments = fragmentsOf(variant, operands);
  const end = `p.K${operands.suffix}`;
  const readA = reads(variant, fragments.a, tile.broadcast === 'A' ? tile.groupColumns : 1);
  const readB = reads(variant, fragments.b, tile.broadcast === 'B' ? tile.groupRows : 1);
  const type = f16 ? 'vec4h' : 'vec4f';
  const [rowsA, rowsB] = [vectorsOfK('a', tile.rows, kind === 'TN', type), vectorsOfK('b', tile.columns, kind !== 'NT', type)];
  const dot = (a: string, b: string): string => (f16 ? `f32(dot(${a}, ${b}))` : `dot(${a}, ${b})`);
  // Four columns at a time, next to their loads, to keep fewer values live.
  const columns = range(tile.columns / 4).map((j) => {
    const loads = rowsB.fragments(j).map(readB.one);
    const sums = range(4).flatMap((n) =>
      range(tile.rows).map((i) => `      c${i}_${j}.${component(n)} += ${dot(rowsA.name(i), rowsB.name(4 * j + n))};`),
    );
    return [...loads, ...rowsB.turned(j), ...sums].join('\n');
  });
  const body = (k: string): string => `    { let k = ${k};
      let left = ${end} - k;
${readA.shared}
${range(fragments.a.count).map(readA.one).join('\n')}
${range(tile.rows / 4)
  .flatMap((i) => rowsA.turned(i))
  .join('\n')}
${readB.shared}
${columns.join('\n')}
    }`;
  const { unroll = 1, split = 1 } = tile;
  const unrolled =
    unroll === 1
      ? ''
      : `    for (; t + ${4 * unroll - 1}u < ${end}; t += ${4 * unroll}u) {
${range(unroll)
  .map((u) => body(`t + ${4 * u}u`))
  .join('\n')}
    }`;
  return `  {
    var t = ${split === 1 ? '0u' : '4u * local.z'};
${readA.bases}
${readB.bases}
${unrolled}
    for (; t < ${end}; t += ${4 * split}u) {
${body('t')}
    }
  }`;
}

export function component(index: number): string {
  return 'xyzw'[index % 4] ?? '';
}

/**
 * Whatever the kind, products are dot products of vectors along k: the four terms of a step are summed before
 * they are added to the accumulator, which saves three of four trips to memory where accumulators do not fit
 * into registers. An operand whose rows are k is transposed, four by four; in registers that is a renaming.
 */
function vectorsOfK(
  name: 'a' | 'b',
  count: number,
  turn: boolean,
  type: 'vec4f' | 'vec4h',
): {
  readonly name: (index: number) => string;
  /** Fragments of four rows or columns, and the statements that transpose them. */
  readonly fragments: (quad: number) => readonly number[];
  readonly turned: (quad: number) => readonly string[];
} {
  if (!turn) return { name: (i) => `${name}${i}`, fragments: (quad) => range(4).map((i) => 4 * quad + i), turned: () => [] };
  const fragments = (quad: number): number[] => range(4).map((kk) => (kk * count) / 4 + quad);
  return {
    name: (i) => `${name}t${i}`,
    fragments,
    turned: (quad) =>
      range(4).map((i) => {
        const parts = fragments(quad).map((fragment) => `${name}${fragment}.${component(i)}`);
        return `      let ${name}t${4 * quad + i} = ${type}(${parts.join(', ')});`;
      }),
  };
}

/** Statements that load fragments into `a0…` or `b0…`. */
function reads(
  variant: GemmVariant,
  { name, count, load, base, at, left, exists }: Fragments,
  lanes: number,
): { readonly bases: string; readonly shared: string; readonly one: (index: number) => string } {
  const call = (from: string, index: Index): string => {
    const loaded = `load_${load}(${at(from, index)}, ${variant.vector ? '4u' : left(index)})`;
    return operandSource(variant, name, exists === undefined ? loaded : `select(vec4f(), ${loaded}, ${exists(index)})`);
  };
  if (lanes === 1) {
    return {
      bases: range(count)
        .map((f) => `    let ${name}b${f} = ${base(f)};`)
        .join('\n'),
      shared: '',
      one: (f) => `      let ${name}${f} = ${call(`${name}b${f}`, f)};`,
    };
  }
  const turns = range(Math.ceil(count / lanes));
  // Lanes beyond the last fragment load it again.
  const mine = (turn: number): string =>
    count % lanes === 0 ? `${turn * lanes}u + lane` : `min(${turn * lanes}u + lane, ${count - 1}u)`;
  return {
    bases: turns
      .map((turn) => `    let ${name}i${turn} = ${mine(turn)};\n    let ${name}b${turn} = ${base(`${name}i${turn}`)};`)
      .join('\n'),
    shared: turns.map((turn) => `      let ${name}l${turn} = ${call(`${name}b${turn}`, `${name}i${turn}`)};`).join('\n'),
    one: (f) => `      let ${name}${f} = subgroupBroadcast(${name}l${Math.floor(f / lanes)}, ${f % lanes}u);`,
  };
}

/**
 * From this many rows on, a tile is always stored in a loop over an array of its sums: unrolled stores would
 * be most of the code to compile.
 */
const LOOPED_ROWS = 16;

/** C = α·accumulators (+ bias) (+ R or C), within bounds. */
export function storeSource(variant: GemmVariant): string {
  const { rows, columns, looped = false } = variant.tile;
  const quads = range(columns / 4);
  if (rows < LOOPED_ROWS && !looped) {
    return range(rows)
      .map((i) => storeRow(variant, `${i}u`, (j) => `c${i}_${j}`))
      .join('\n');
  }
  const sums = range(rows).flatMap((i) => quads.map((j) => `  sums[${i * quads.length + j}] = c${i}_${j};`));
  return `  var sums: array<vec4f, ${rows * quads.length}>;
${sums.join('\n')}
  for (var i = 0u; i < ${looped ? loopBound(`${rows}u`, 'p.M') : `${rows}u`}; i++) {
${storeRow(variant, 'i', (j) => `sums[i * ${quads.length}u + ${j}u]`)}
  }`;
}

/** One row of a thread's tile; `sum` names its accumulators. */
function storeRow(variant: GemmVariant, i: string, sum: (quad: number) => string): string {
  const lines = [`  if (mb + ${i} < p.M) {`];
  for (const j of range(variant.tile.columns / 4)) {
    const at = `p.offc + (mb + ${i}) * p.ldc + nb + ${4 * j}u`;
    const left = `p.N - (nb + ${4 * j}u)`;
    lines.push(`    if (nb + ${4 * j}u < p.N) {`, `      var v = p.alpha * ${sum(j)};`);
    if (variant.bias) {
      lines.push(
        `      let n = p.offbias + nb + ${4 * j}u;`,
        `      let most = p.offbias + p.N - 1u;`,
        `      v += vec4f(bias[n], bias[min(n + 1u, most)], bias[min(n + 2u, most)], bias[min(n + 3u, most)]);`,
      );
    }
    if (variant.residual) lines.push(`      v += load_R(p.offr + (mb + ${i}) * p.ldr + nb + ${4 * j}u, ${left});`);
    if (variant.accumulate) lines.push(`      v += load_C(${at}, ${left});`);
    if (variant.vector) lines.push(`      C[(${at}) >> 2u] = v;`);
    else {
      lines.push(`      let at = ${at};`, `      let left = ${left};`, `      C[at] = v.x;`);
      ['y', 'z', 'w'].forEach((part, index) =>
        lines.push(`      if (left > ${index + 1}u) { C[at + ${index + 1}u] = v.${part}; }`),
      );
    }
    lines.push('    }');
  }
  lines.push('  }');
  return lines.join('\n');
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index);
}
