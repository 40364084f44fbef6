/**
 * WGSL of one GEMM variant whose workgroups stage both operands in workgroup memory, for GPUs where that is
 * faster.
 * For every kind of product an iteration stores the next `staged` steps of A and B as [k][row quad] and
 * [k][column quad]; threads add outer products from there. A quad of padding after each step of A keeps the
 * stores of its transposed blocks in different banks. With `f16`, both operands are staged as half floats.
 * The sums of one iteration are half floats, too, and are added to float32 accumulators.
 */
import {
  accumulators,
  f16Directive,
  interfaceSource,
  operandSource,
  range,
  storeSource,
  unscaled,
  type GemmVariant,
  type Operands,
} from './gemmSource';

export function stagedGemmSource(variant: GemmVariant, depth: number): string {
  const { tile } = variant;
  const [rows, columns] = [tile.rows * tile.groupRows, tile.columns * tile.groupColumns];
  const halves = tile.doubled === true ? 2 : 1;
  const products = [product(variant, depth, { a: 'A', b: 'B', suffix: '' })];
  if (variant.tail) products.push(product(variant, depth, { a: 'A2', b: 'B2', suffix: '2' }));
  const type = typeOf(variant);
  return `${f16Directive(variant)}${interfaceSource(variant)}
var<workgroup> staged_a: array<${type}, ${halves * depth * (rows / 4 + A_PADDING)}>;
var<workgroup> staged_b: array<${type}, ${(halves * depth * columns) / 4}>;
@compute @workgroup_size(${tile.groupColumns}, ${tile.groupRows})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32) {
  let group_m = group.y * ${rows}u;
  let group_n = group.x * ${columns}u;
  let mb = group_m + local.y * ${tile.rows}u;
  let nb = group_n + local.x * ${tile.columns}u;
${accumulators(tile)}
${products.join('\n')}
${unscaled(variant)}
${storeSource(variant)}
}
`;
}

/** Type of what is staged. */
function typeOf({ f16 }: GemmVariant): 'vec4f' | 'vec4h' {
  return f16 ? 'vec4h' : 'vec4f';
}

function product(variant: GemmVariant, depth: number, { a, b, suffix }: Operands): string {
  const { kind, tile } = variant;
  const threads = tile.groupRows * tile.groupColumns;
  const end = `p.K${suffix}`;
  const stageA = {
    operand: 'a',
    into: 'staged_a',
    load: a,
    offset: `p.offa${suffix}`,
    stride: `p.lda${suffix}`,
    first: 'group_m',
    end: 'p.M',
  } as const;
  const stageB = {
    operand: 'b',
    into: 'staged_b',
    load: b,
    offset: `p.offb${suffix}`,
    stride: `p.ldb${suffix}`,
    first: 'group_n',
    end: 'p.N',
  } as const;
  const quadsA = (tile.rows * tile.groupRows) / 4;
  const quadsB = (tile.columns * tile.groupColumns) / 4;
  const sizeA = { depth, quads: quadsA, pitch: quadsA + A_PADDING, threads, end };
  const sizeB = { depth, quads: quadsB, pitch: quadsB, threads, end };
  const stage = (transposed: boolean, what: Stage, size: StageSize): string =>
    transposed ? stageAcross(variant, what, size) : stageAlong(variant, what, size);
  /** Stages the steps from `t` on, in the half that begins at step `half`. */
  const stageBoth = `${stage(kind === 'TN', stageA, sizeA)}
${stage(kind !== 'NT', stageB, sizeB)}`;
  // Half floats are summed for one iteration only.
  const into = variant.f16 ? 'h' : 'c';
  const sums = range(tile.rows).flatMap((i) => range(tile.columns / 4).map((j) => `${i}_${j}`));
  const begin = variant.f16 ? sums.map((sum) => `    var h${sum} = vec4h();\n`).join('') : '';
  const finish = variant.f16 ? sums.map((sum) => `\n    c${sum} += vec4f(h${sum});`).join('') : '';
  const add = `${begin}    for (var s = 0u; s < ${depth}u; s++) {
${range(tile.rows / 4)
  .map((i) => `      let a${i} = staged_a[(half + s) * ${sizeA.pitch}u + local.y * ${tile.rows / 4}u + ${i}u];`)
  .join('\n')}
${range(tile.columns / 4)
  .map(
    (j) =>
      `      let b${j} = staged_b[(half + s) * ${sizeB.pitch}u + local.x * ${tile.columns / 4}u + ${j}u];\n` +
      range(tile.rows)
        .map((i) => `      ${into}${i}_${j} += a${Math.floor(i / 4)}.${'xyzw'[i % 4] ?? ''} * b${j};`)
        .join('\n'),
  )
  .join('\n')}
    }${finish}`;
  if (tile.doubled !== true) {
    return `  for (var t = 0u; t < ${end}; t += ${depth}u) {
    let half = 0u;
${stageBoth}
    workgroupBarrier();
${add}
    workgroupBarrier();
  }`;
  }
  return `  {
    let t = 0u;
    let half = 0u;
${stageBoth}
  }
  workgroupBarrier();
  for (var next = ${depth}u; next < ${end} + ${depth}u; next += ${depth}u) {
    if (next < ${end}) {
      let t = next;
      let half = (next / ${depth}u % 2u) * ${depth}u;
${stageBoth}
    }
    let half = ((next / ${depth}u + 1u) % 2u) * ${depth}u;
${add}
    workgroupBarrier();
  }`;
}

/** Quads after each step of A. */
const A_PADDING = 1;

interface Stage {
  readonly operand: 'a' | 'b';
  readonly into: string;
  readonly load: string;
  readonly offset: string;
  readonly stride: string;
  readonly first: string;
  readonly end: string;
}

interface StageSize {
  readonly depth: number;
  /** Vectors of one step, and from one step to the next. */
  readonly quads: number;
  readonly pitch: number;
  readonly threads: number;
  /** End of the summed dimension. */
  readonly end: string;
}

/** Rows of the operand lie along the summed dimension: blocks of 4×4 are transposed in registers. */
function stageAlong(variant: GemmVariant, what: Stage, { depth, quads, pitch, threads, end }: StageSize): string {
  const left = variant.vector ? '4u' : `${end} - k`;
  const type = typeOf(variant);
  return `    for (var u = thread; u < ${(quads * depth) / 4}u; u += ${threads}u) {
      let q = u % ${quads}u;
      let s = u / ${quads}u * 4u;
      let k = t + s;
${range(4)
  .map((r) => `      var v${r} = ${type}();`)
  .join('\n')}
      if (k < ${end}) {
${range(4)
  .map((r) => {
    const row = `min(${what.first} + 4u * q + ${r}u, ${what.end} - 1u)`;
    const loaded = `load_${what.load}(${what.offset} + ${row} * ${what.stride} + k, ${left})`;
    return `        v${r} = ${operandSource(variant, what.operand, loaded)};`;
  })
  .join('\n')}
      }
${['x', 'y', 'z', 'w'].map((part, r) => `      ${what.into}[(half + s + ${r}u) * ${pitch}u + q] = ${type}(v0.${part}, v1.${part}, v2.${part}, v3.${part});`).join('\n')}
    }`;
}

/** Rows of the operand are steps of the summed dimension: they are copied. */
function stageAcross(variant: GemmVariant, what: Stage, { depth, quads, pitch, threads, end }: StageSize): string {
  const place = `min(${what.first} + 4u * q, ${what.end} - ${variant.vector ? 4 : 1}u)`;
  const left = variant.vector ? '4u' : `${what.end} - min(${what.first} + 4u * q, ${what.end})`;
  const loaded = `load_${what.load}(${what.offset} + k * ${what.stride} + ${place}, ${left})`;
  return `    for (var u = thread; u < ${quads * depth}u; u += ${threads}u) {
      let q = u % ${quads}u;
      let s = u / ${quads}u;
      let k = t + s;
      var v = ${typeOf(variant)}();
      if (k < ${end}) { v = ${operandSource(variant, what.operand, loaded)}; }
      ${what.into}[(half + s) * ${pitch}u + q] = v;
    }`;
}
