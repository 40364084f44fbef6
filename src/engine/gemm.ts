/**
 * The one WGSL generator: dense matrix products over row-major f32.
 *   NT  C = α·A[M,K]·B[N,K]ᵀ   · NN  C = α·A[M,K]·B[K,N]   · TN  C = α·A[K,M]ᵀ·B[K,N]
 * with optional second product of the same kind (`tail`, LoRA's low-rank part: + A2·B2), bias over columns, and either
 * `+ residual` or `+ C` (accumulate). A thread keeps a register tile of C in named accumulators: on software adapters that
 * beats workgroup memory, and on GPUs it needs no barrier. Leading dimensions and offsets let it work on sub-matrices.
 */
import type { Kernel, KernelCache } from '../gpu/kernel';
import type { Recorder } from '../gpu/recorder';
import type { Tensor } from '../gpu/tensor';

export type GemmKind = 'NN' | 'NT' | 'TN';

/** Register tile of a thread and threads of a workgroup; rows × columns. Tile sides are multiples of 4. */
export interface GemmTile {
  readonly rows: number;
  readonly columns: number;
  readonly groupRows: number;
  readonly groupColumns: number;
}

export const SOFTWARE_TILE: GemmTile = { rows: 8, columns: 8, groupRows: 4, groupColumns: 4 };
export const GPU_TILE: GemmTile = { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 };

/** A matrix inside a tensor: element (r, c) is at offset + r·stride + c. */
export interface Matrix {
  readonly tensor: Tensor;
  readonly stride: number;
  /** Elements before (0, 0). */
  readonly offset?: number;
}

export interface GemmCall {
  readonly kind: GemmKind;
  readonly rows: number;
  readonly columns: number;
  /** Length of the summed dimension. */
  readonly depth: number;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly out: Matrix;
  readonly alpha?: number;
  readonly tail?: { readonly a: Matrix; readonly b: Matrix; readonly depth: number };
  readonly bias?: Tensor;
  /** Added to the product; same shape and stride conventions as `out`. */
  readonly residual?: Matrix;
  /** Add to what `out` holds instead of replacing it. */
  readonly accumulate?: boolean;
}

interface Variant {
  readonly kind: GemmKind;
  readonly tile: GemmTile;
  /** Loads and stores of four floats; needs every extent along a row to be a multiple of 4. */
  readonly vector: boolean;
  readonly tail: boolean;
  readonly bias: boolean;
  readonly residual: boolean;
  readonly accumulate: boolean;
}

export class Gemm {
  constructor(
    private readonly kernels: KernelCache,
    private readonly recorder: Recorder,
    private readonly tile: GemmTile,
  ) {}

  /** Queues one product. Extents of zero are skipped unless the result must be cleared. */
  run(call: GemmCall): void {
    if (call.rows === 0 || call.columns === 0) return;
    const variant: Variant = {
      kind: call.kind,
      tile: this.tile,
      vector: isVectorisable(call),
      tail: call.tail !== undefined,
      bias: call.bias !== undefined,
      residual: call.residual !== undefined,
      accumulate: call.accumulate ?? false,
    };
    const kernel = this.kernel(variant);
    const { tail, residual } = call;
    const storage: Record<string, Tensor> = { A: call.a.tensor, B: call.b.tensor, C: call.out.tensor };
    if (tail !== undefined) Object.assign(storage, { A2: tail.a.tensor, B2: tail.b.tensor });
    if (call.bias !== undefined) storage.bias = call.bias;
    if (residual !== undefined) storage.R = residual.tensor;
    const params: Record<string, number> = {
      M: call.rows,
      N: call.columns,
      K: call.depth,
      alpha: call.alpha ?? 1,
      lda: call.a.stride,
      offa: call.a.offset ?? 0,
      ldb: call.b.stride,
      offb: call.b.offset ?? 0,
      ldc: call.out.stride,
      offc: call.out.offset ?? 0,
      K2: tail?.depth ?? 0,
      lda2: tail?.a.stride ?? 0,
      offa2: tail?.a.offset ?? 0,
      ldb2: tail?.b.stride ?? 0,
      offb2: tail?.b.offset ?? 0,
      ldr: residual?.stride ?? 0,
      offr: residual?.offset ?? 0,
    };
    const { rows, columns, groupRows, groupColumns } = this.tile;
    this.recorder.dispatch(kernel, storage, params, [
      Math.ceil(call.columns / (columns * groupColumns)),
      Math.ceil(call.rows / (rows * groupRows)),
      1,
    ]);
  }

  private kernel(variant: Variant): Kernel {
    return this.kernels.source(`gemm_${variant.kind}`, JSON.stringify(variant), () => gemmSource(variant));
  }
}

function isVectorisable(call: GemmCall): boolean {
  const matrices = [call.a, call.b, call.out, call.residual, call.tail?.a, call.tail?.b];
  const aligned = matrices.every((matrix) => matrix === undefined || (matrix.stride % 4 === 0 && (matrix.offset ?? 0) % 4 === 0));
  if (!aligned || call.columns % 4 !== 0) return false;
  if (call.kind === 'TN') return call.rows % 4 === 0;
  return call.depth % 4 === 0 && (call.tail?.depth ?? 0) % 4 === 0;
}

/** The WGSL of one variant. */
export function gemmSource(variant: Variant): string {
  const { tile, vector } = variant;
  const type = vector ? 'vec4f' : 'f32';
  const storage = [
    'A',
    'B',
    ...(variant.tail ? ['A2', 'B2'] : []),
    ...(variant.bias ? ['bias'] : []),
    ...(variant.residual ? ['R'] : []),
  ];
  const declarations = storage.map(
    (name, index) => `@group(0) @binding(${index + 1}) var<storage, read> ${name}: array<${name === 'bias' ? 'f32' : type}>;`,
  );
  declarations.push(`@group(0) @binding(${storage.length + 1}) var<storage, read_write> C: array<${type}>;`);
  const products = [product(variant, 'A', 'B', 'K', 'lda', 'offa', 'ldb', 'offb')];
  if (variant.tail) products.push(product(variant, 'A2', 'B2', 'K2', 'lda2', 'offa2', 'ldb2', 'offb2'));
  return `
struct Params {
  M: u32, N: u32, K: u32, alpha: f32, lda: u32, offa: u32, ldb: u32, offb: u32, ldc: u32, offc: u32,
  K2: u32, lda2: u32, offa2: u32, ldb2: u32, offb2: u32, ldr: u32, offr: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
${declarations.join('\n')}
${storage
  .filter((name) => name !== 'bias')
  .map((name) => loader(name, vector))
  .join('\n')}
${loader('C', vector)}
@compute @workgroup_size(${tile.groupColumns}, ${tile.groupRows})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let mb = id.y * ${tile.rows}u;
  let nb = id.x * ${tile.columns}u;
  if (mb >= p.M || nb >= p.N) { return; }
${range(tile.rows)
  .map((i) => `  let m${i} = min(mb + ${i}u, p.M - 1u);`)
  .join('\n')}
${range(tile.rows)
  .flatMap((i) => range(tile.columns / 4).map((j) => `  var c${i}_${j} = vec4f();`))
  .join('\n')}
${products.join('\n')}
${store(variant)}
}
`;
}

/** `load_X(at, left)`: four consecutive floats of X from element `at`, zero from `left` on. */
function loader(name: string, vector: boolean): string {
  if (vector) return `fn load_${name}(at: u32, left: u32) -> vec4f { return ${name}[at >> 2u]; }`;
  return `fn load_${name}(at: u32, left: u32) -> vec4f {
  var v = vec4f();
  if (left > 0u) { v.x = ${name}[at]; }
  if (left > 1u) { v.y = ${name}[at + 1u]; }
  if (left > 2u) { v.z = ${name}[at + 2u]; }
  if (left > 3u) { v.w = ${name}[at + 3u]; }
  return v;
}`;
}

function product(
  variant: Variant,
  a: string,
  b: string,
  k: string,
  lda: string,
  offa: string,
  ldb: string,
  offb: string,
): string {
  const rows = range(variant.tile.rows);
  const quads = range(variant.tile.columns / 4);
  const columns = range(variant.tile.columns);
  // A column quad that starts past N reads the last one instead and is not stored.
  const clamp = (j: number): string => `min(nb + ${4 * j}u, ${variant.vector ? 'p.N - 4u' : 'p.N - 1u'})`;
  const left = (j: number): string => `p.N - min(nb + ${4 * j}u, p.N)`;
  if (variant.kind === 'NT') {
    return `
  for (var k = 0u; k < p.${k}; k += 4u) {
    let left = p.${k} - k;
${rows.map((i) => `    let a${i} = load_${a}(p.${offa} + m${i} * p.${lda} + k, left);`).join('\n')}
${columns
  .map((n) => {
    const into = (i: number): string => `    c${i}_${Math.floor(n / 4)}.${'xyzw'[n % 4] ?? ''} += dot(a${i}, b${n});`;
    return `    let b${n} = load_${b}(p.${offb} + min(nb + ${n}u, p.N - 1u) * p.${ldb} + k, left);\n${rows.map(into).join('\n')}`;
  })
  .join('\n')}
  }`;
  }
  if (variant.kind === 'NN') {
    const inner = range(4).map((kk) => {
      const body = quads.map(
        (j) =>
          `      let b${j} = load_${b}(p.${offb} + (k + ${kk}u) * p.${ldb} + ${clamp(j)}, ${left(j)});\n` +
          rows.map((i) => `      c${i}_${j} += a${i}.${'xyzw'[kk] ?? ''} * b${j};`).join('\n'),
      );
      // Past the end of K there is nothing to read: a's zeros alone would not stop a NaN in memory.
      return `    ${variant.vector ? '' : `if (left > ${kk}u) `}{\n${body.join('\n')}\n    }`;
    });
    return `
  for (var k = 0u; k < p.${k}; k += 4u) {
    let left = p.${k} - k;
${rows.map((i) => `    let a${i} = load_${a}(p.${offa} + m${i} * p.${lda} + k, left);`).join('\n')}
${inner.join('\n')}
  }`;
  }
  const rowQuads = range(variant.tile.rows / 4);
  const clampRow = (i: number): string => `min(mb + ${4 * i}u, ${variant.vector ? 'p.M - 4u' : 'p.M - 1u'})`;
  return `
  for (var k = 0u; k < p.${k}; k++) {
${rowQuads.map((i) => `    let a${i} = load_${a}(p.${offa} + k * p.${lda} + ${clampRow(i)}, p.M - min(mb + ${4 * i}u, p.M));`).join('\n')}
${quads
  .map(
    (j) =>
      `    let b${j} = load_${b}(p.${offb} + k * p.${ldb} + ${clamp(j)}, ${left(j)});\n` +
      rows.map((i) => `    c${i}_${j} += a${Math.floor(i / 4)}.${'xyzw'[i % 4] ?? ''} * b${j};`).join('\n'),
  )
  .join('\n')}
  }`;
}

function store(variant: Variant): string {
  const lines: string[] = [];
  for (const i of range(variant.tile.rows)) {
    lines.push(`  if (mb + ${i}u < p.M) {`);
    for (const j of range(variant.tile.columns / 4)) {
      const at = `p.offc + (mb + ${i}u) * p.ldc + nb + ${4 * j}u`;
      const left = `p.N - (nb + ${4 * j}u)`;
      lines.push(`    if (nb + ${4 * j}u < p.N) {`, `      var v = p.alpha * c${i}_${j};`);
      if (variant.bias) {
        lines.push(
          `      let n = nb + ${4 * j}u;`,
          `      v += vec4f(bias[n], bias[min(n + 1u, p.N - 1u)], bias[min(n + 2u, p.N - 1u)], bias[min(n + 3u, p.N - 1u)]);`,
        );
      }
      if (variant.residual) lines.push(`      v += load_R(p.offr + (mb + ${i}u) * p.ldr + nb + ${4 * j}u, ${left});`);
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
  }
  return lines.join('\n');
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index);
}
