/**
 * WGSL of one GEMM variant for adapters where loads cost more than arithmetic.
 * The four lanes of a quad each load a quarter of A's rows and exchange them (`quadSwapX`, …), so a quad
 * reads every number of its tile once. In turn s a lane has the rows of lane `lane ^ s`, and columns of its
 * own. A step sums eight numbers of the summed dimension; in a tail it sums four, since code for a short loop
 * is worth less. Fragments are arrays that only constant indices read.
 */
import {
  bindingSource,
  component,
  isInTexture,
  matrixNames,
  range,
  type GemmVariant,
  type MatrixName,
  type Operands,
} from './gemmSource';
import { readerSource } from './weightFormat';

/**
 * Numbers of the summed dimension in one step, and the multiple that extents, strides and offsets along a row
 * must be of.
 */
export const QUAD_STEP = 8;

const SWAPS = ['quadSwapX', 'quadSwapY', 'quadSwapDiagonal'] as const;

export function quadGemmSource(variant: GemmVariant): string {
  return quadMain(variant, quadProduct(variant, ''));
}

/**
 * A kernel around a product, to which it adds the tail's: `ma` is a lane's first row of A, `mb` its quad's,
 * `nb` its first column.
 */
export function quadMain(variant: GemmVariant, product: string): string {
  const { rows, columns, groupRows } = variant.tile;
  const own = rows / 4;
  const quads = columns / 4;
  return `enable subgroups;
// A quad leaves as a whole: its lanes share the coordinate that is tested.
diagnostic(off, subgroup_uniformity);
${interfaceSource(variant)}
@compute @workgroup_size(4, ${groupRows})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let lane = local.x;
  let M = p.M;
  let N = p.N;
  let mb = (group.y * ${groupRows}u + local.y) * ${rows}u;
  let nb = (group.x * 4u + lane) * ${columns}u;
  let ma = mb + lane * ${own}u;
  if (mb >= M) { return; }
${range(rows)
  .flatMap((i) => range(quads).map((j) => `  var c${i}_${j} = vec4f();`))
  .join('\n')}
${product}
${variant.tail ? quadProduct(variant, '2') : ''}
${storeSource(variant)}
}
`;
}

/** One product of what is in buffers, added to the accumulators. */
function quadProduct(variant: GemmVariant, suffix: Operands['suffix']): string {
  const { rows, columns } = variant.tile;
  const halves = suffix === '' ? [0, 1] : [0];
  const { a, b } = operandsOf(variant, halves);
  const hoisted = ['offa', 'lda', 'offb', 'ldb'].map((name) => `    let ${name} = p.${name}${suffix};`);
  return `  {
    let depth = p.K${suffix};
${hoisted.join('\n')}
    var fa: array<${a.type}, ${a.length}>;
    var fb: array<${b.type}, ${b.length}>;
    for (var t = 0u; t < depth; t += ${4 * halves.length}u) {
${a.fill(suffix)}
${b.fill(suffix)}
${a.read.join('\n')}
${quadSwaps(rows, halves).join('\n')}
${b.read.join('\n')}
${quadSums(rows, range(columns), halves).join('\n')}
    }
  }`;
}

/**
 * Statements that give a lane the other lanes' rows: `a${i}_${half}_${turn}` of all turns from those of turn
 * 0.
 */
export function quadSwaps(rows: number, halves: readonly number[]): string[] {
  return SWAPS.flatMap((swap, s) =>
    range(rows / 4).flatMap((i) => halves.map((h) => `      let a${i}_${h}_${s + 1} = ${swap}(a${i}_${h}_0);`)),
  );
}

/** Statements that add a step's products with those columns, `b${n}_${half}`, to the accumulators. */
export function quadSums(rows: number, columns: readonly number[], halves: readonly number[]): string[] {
  const own = rows / 4;
  return columns.flatMap((n) =>
    range(rows).map((i) => {
      const row = `a${i % own}`;
      const turn = Math.floor(i / own);
      const sum = `c${i}_${Math.floor(n / 4)}.${component(n)}`;
      // Four numbers at a time, in the order of the other tiles: a product has the same bits whichever of
      // them serves it.
      return `      ${sum} = ${sum} + ${halves.map((h) => `dot(${row}_${h}_${turn}, b${n}_${h})`).join(' + ')};`;
    }),
  );
}

/**
 * One operand's fragments: the array that holds a step of them, and the statements that make vectors along
 * the summed dimension of it.
 */
interface Operand {
  readonly type: string;
  readonly length: number;
  /** WGSL that fills the array, in the product of that suffix. */
  readonly fill: (suffix: Operands['suffix']) => string;
  readonly read: readonly string[];
}

/** @param halves of a step: fours of the summed dimension */
function operandsOf({ kind, tile }: GemmVariant, halves: readonly number[]): { readonly a: Operand; readonly b: Operand } {
  const own = tile.rows / 4;
  return {
    a: kind === 'TN' ? across(kind, 'a', own, 'ma', 'M', halves) : along('a', own, 'ma', 'M', halves),
    b: kind === 'NT' ? along('b', tile.columns, 'nb', 'N', halves) : across(kind, 'b', tile.columns, 'nb', 'N', halves),
  };
}

/** Rows of the operand run along the summed dimension: one step's numbers of each. */
function along(name: 'a' | 'b', count: number, first: string, end: string, halves: readonly number[]): Operand {
  const pair = halves.length === 2;
  return {
    type: elementType(pair),
    length: count,
    fill: (suffix) =>
      counted(count, suffix, [
        `f${name}[f] = load_${name.toUpperCase()}${suffix}(off${name} + min(${first} + f, ${end} - 1u) * ld${name} + t);`,
      ]),
    read: range(count).flatMap((i) => {
      const turn = name === 'a' ? '_0' : '';
      return halves.map((h) => `    let ${name}${i}_${h}${turn} = f${name}[${i}]${pair ? `[${h}]` : ''};`);
    }),
  };
}

/**
 * Rows of the operand are numbers of the summed dimension: those of one step, transposed four by four, which
 * in registers is a renaming.
 */
function across(
  kind: 'NN' | 'TN',
  name: 'a' | 'b',
  count: number,
  first: string,
  end: string,
  halves: readonly number[],
): Operand {
  const depth = 4 * halves.length;
  const wide = count % 8 === 0;
  const width = wide ? 8 : 4;
  const parts = count / width;
  const turn = name === 'a' ? '_0' : '';
  // Nothing is read past the end of K: A's zeros alone would not stop a NaN in memory.
  const cut = kind === 'TN';
  const value = (k: number, quad: number): string => {
    const at = wide ? `[${k * parts + Math.floor(quad / 2)}][${quad % 2}]` : `[${k * parts + quad}]`;
    return cut && name === 'a' ? `select(vec4f(), f${name}${at}, t + ${k}u < depth)` : `f${name}${at}`;
  };
  return {
    type: elementType(wide),
    length: depth * parts,
    fill: (suffix) =>
      counted(depth, suffix, [
        `let base = off${name} + ${cut ? 'min(t + f, depth - 1u)' : '(t + f)'} * ld${name};`,
        ...range(parts).map(
          (i) =>
            `f${name}[f * ${parts}u + ${i}u] = load_${name.toUpperCase()}${suffix}(base + min(${first} + ${width * i}u, ${end} - ${width}u));`,
        ),
      ]),
    read: range(count / 4).flatMap((quad) => [
      ...range(depth).map((k) => `    let ${name}k${k}_${quad} = ${value(k, quad)};`),
      ...range(4).flatMap((i) =>
        halves.map((h) => {
          const four = range(4).map((k) => `${name}k${4 * h + k}_${quad}.${component(i)}`);
          return `    let ${name}${4 * quad + i}_${h}${turn} = vec4f(${four.join(', ')});`;
        }),
      ),
    ]),
  };
}

/**
 * `body` for every f < count: written out, or in the short product of a tail as a loop, which is a quarter of
 * its code to compile.
 */
function counted(count: number, suffix: Operands['suffix'], body: readonly string[]): string {
  if (suffix === '')
    return range(count)
      .map((f) => `      { let f = ${f}u; ${body.join(' ')} }`)
      .join('\n');
  return `      for (var f = 0u; f < ${count}u; f++) {
        ${body.join('\n        ')}
      }`;
}

/**
 * Eight floats are one element where a lane reads or writes as many side by side, which saves a bounds check.
 */
function isPair({ kind, tile }: GemmVariant, name: MatrixName): boolean {
  const out = tile.columns % 8 === 0;
  const tail = name === 'A2' || name === 'B2';
  if (name === 'A' || name === 'A2') return kind === 'TN' ? (tile.rows / 4) % 8 === 0 : !tail;
  if (name === 'B' || name === 'B2') return kind === 'NT' ? !tail : out;
  return out;
}

/** Bindings, uniforms and loads of what is in buffers. */
function interfaceSource(variant: GemmVariant): string {
  const { format } = variant;
  const inBuffers = matrixNames(variant).filter((name) => !isInTexture(variant, name));
  const loads = inBuffers.map((name) => {
    const pair = isPair(variant, name);
    const head = `fn load_${name}(at: u32) -> ${elementType(pair)}`;
    if (name !== 'B' || format === 'f32') return `${head} { return ${name}[at >> ${pair ? 3 : 2}u]; }`;
    return `fn read_B(at: u32) -> vec4f { ${readerSource(format, 'B', 'B_scales')} }
${head} { return ${pair ? 'array(read_B(at), read_B(at + 4u))' : 'read_B(at)'}; }`;
  });
  return `${bindingSource(variant, (name) => elementType(isPair(variant, name)))}
${loads.join('\n')}`;
}

function elementType(pair: boolean): string {
  return pair ? 'array<vec4f, 2>' : 'vec4f';
}

/**
 * C = α·accumulators (+ bias) (+ R or C), within bounds. Accumulators go through an array, so that rows can
 * be a loop.
 */
function storeSource({ tile, bias, residual, accumulate }: GemmVariant): string {
  const { rows, columns } = tile;
  const own = rows / 4;
  const pair = columns % 8 === 0;
  const width = pair ? 8 : 4;
  const parts = range(columns / width);
  const quadsOf = (text: (suffix: string, quad: number) => string): string =>
    pair ? `array(${text('[0]', 0)}, ${text('[1]', 1)})` : text('', 0);
  const filled = range(rows).flatMap((i) =>
    parts.map((j) => `  sums[${i * parts.length + j}] = ${quadsOf((_, quad) => `c${i}_${(j * width) / 4 + quad}`)};`),
  );
  const stores = parts.map((j) => {
    const column = `nb + ${width * j}u`;
    const terms = (suffix: string): string =>
      `alpha * v${suffix}` +
      (bias ? ` + bias${j}${suffix}` : '') +
      (residual ? ` + r${suffix}` : '') +
      (accumulate ? ` + before${suffix}` : '');
    return `    if (row < M && ${column} < N) {
      let v = sums[i * ${parts.length}u + ${j}u];
      let at = offc + row * ldc + ${column};
${residual ? `      let r = load_R(p.offr + row * p.ldr + ${column});` : ''}
${accumulate ? '      let before = load_C(at);' : ''}
      C[at >> ${pair ? 3 : 2}u] = ${quadsOf((suffix) => terms(suffix))};
    }`;
  });
  return `  let alpha = p.alpha;
  let offc = p.offc;
  let ldc = p.ldc;
${bias ? parts.map((j) => `  let bias${j} = load_bias(p.offbias + min(nb + ${width * j}u, N - ${width}u));`).join('\n') : ''}
  var sums: array<${elementType(pair)}, ${rows * parts.length}>;
${filled.join('\n')}
  for (var i = 0u; i < ${rows}u; i++) {
    let row = mb + (lane ^ (i / ${own}u)) * ${own}u + i % ${own}u;
${stores.join('\n')}
  }`;
}
