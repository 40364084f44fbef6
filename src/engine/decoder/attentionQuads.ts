/**
 * WGSL of attention for adapters where loads cost more than arithmetic.
 * The four lanes of a quad serve the same SLOTS rows of one key head. Each holds a quarter of every head, so
 * a quad reads each key and value once. The lanes exchange their parts of a sum over a head, four slots at a
 * time, which leaves each lane with the score of one slot: no exponential is computed twice. The vectors of
 * the slots are arrays: the inner loop reads them at constant indices, and loops over the slots fill and
 * store them, which keeps the code short.
 */
import { range } from '../gemm/gemmSource';
import { loopBound } from '../loopBound';
import { HIDDEN, WINDOW } from './attentionSource';

/** The kernels that quads can serve. */
export type QuadAttention = 'attention_forward' | 'attention_backward_q' | 'attention_backward_kv';

export interface QuadShape {
  /** A multiple of 4, at most `LARGEST_QUAD_HEAD`. */
  readonly headSize: number;
  /** Query heads that share a key head. */
  readonly group: number;
}

/** Largest head size for which a lane's quarters of all slots are worth unrolling. */
export const LARGEST_QUAD_HEAD = 128;

/** Numbers of rows and heads that one quad serves. */
export function quadRows(
  name: QuadAttention,
  { headSize, group }: QuadShape,
): { readonly slots: number; readonly heads: number } {
  const slots = headSize <= 64 ? 8 : 4;
  if (name === 'attention_backward_kv') return { slots, heads: 1 };
  return { slots, heads: group % 4 === 0 ? 4 : group % 2 === 0 ? 2 : 1 };
}

/** Threads of a dispatch; `heads` are key heads in the kernel over keys, else query heads. */
export function quadThreads(name: QuadAttention, shape: QuadShape, rows: number, heads: number): number {
  const each = quadRows(name, shape);
  return 4 * Math.ceil(rows / (each.slots / each.heads)) * (heads / each.heads);
}

/** What tells sources of a kernel apart. */
export function quadVariant(name: QuadAttention, shape: QuadShape): string {
  return `${shape.headSize} by quads of ${quadRows(name, shape).heads} heads`;
}

/** @throws RangeError when a head has no whole quarters */
export function quadAttentionSource(name: QuadAttention, shape: QuadShape): string {
  const { headSize } = shape;
  if (headSize % 4 !== 0) throw new RangeError(`heads of ${headSize} floats have no whole quarters`);
  const quarter = headSize / 4;
  const width = quarter % 4 === 0 ? 4 : quarter % 2 === 0 ? 2 : 1;
  const vectors = quarter / width;
  const { slots, heads } = quadRows(name, shape);
  const sizes = { vectors, slots };
  const kernel = { attention_forward: forward, attention_backward_q: backwardQ, attention_backward_kv: backwardKv }[name](sizes);
  return `enable subgroups;
// A quad leaves as a whole: its lanes have the same rows.
diagnostic(off, subgroup_uniformity);
alias V = ${width === 1 ? 'f32' : `vec${width}f`};
// A lane's quarter of a head.
alias Part = array<V, ${vectors}>;
const SLOTS = ${slots}u;
const HEADS = ${heads}u;
const ROWS = SLOTS / HEADS;
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
${kernel.bindings.map(([binding, access, element], index) => `@group(0) @binding(${index + 1}) var<storage, ${access}> ${binding}: array<${element}>;`).join('\n')}
${WINDOW}
${HIDDEN}
fn dot_part(a: Part, b: Part) -> f32 { return ${range(vectors)
    .map((c) => (width === 1 ? `a[${c}] * b[${c}]` : `dot(a[${c}], b[${c}])`))
    .join(' + ')}; }
fn over_quad(x: f32) -> f32 { let y = x + quadSwapX(x); return y + quadSwapY(y); }
// a and b where all bits of \`swapped\` are 0, b and a where they are 1.
fn ordered(swapped: u32, a: f32, b: f32) -> vec2f {
  let difference = (bitcast<u32>(a) ^ bitcast<u32>(b)) & swapped;
  return vec2f(bitcast<f32>(bitcast<u32>(a) ^ difference), bitcast<f32>(bitcast<u32>(b) ^ difference));
}
// Sums over the quad, of a in its first lane, of b in its second, and so on.
// \`odd\` and \`high\`: all bits of the lane's first and second bit.
fn joined(odd: u32, high: u32, a: f32, b: f32, c: f32, d: f32) -> f32 {
  let first = ordered(odd, a, b);
  let second = ordered(odd, c, d);
  let both = ordered(high, first.x + quadSwapX(first.y), second.x + quadSwapX(second.y));
  return both.x + quadSwapY(both.y);
}
@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  let lane = t & 3u;
  let odd = 0u - (lane & 1u);
  let high = 0u - (lane >> 1u);
  let rows = p.rows;
  let slots = ${loopBound('SLOTS', 'rows')};
  let scale = p.scale;
  let window = p.window;
  let kv_heads = p.kv_heads;
  let stride = p.heads + 2u * kv_heads;
${kernel.body}
}
`;
}

interface KernelSource {
  readonly bindings: readonly (readonly [string, 'read' | 'read_write', string])[];
  readonly body: string;
}

interface Sizes {
  readonly vectors: number;
  readonly slots: number;
}

/**
 * What the kernels over queries share: which rows and heads a quad has, and the keys that any of them sees.
 */
function overQueries({ slots }: Sizes, load: string, begin: string): string {
  const batches = slots / 4;
  return `  let parts = p.heads / HEADS;
  let low = t / 4u / parts * ROWS;
  if (low >= rows) { return; }
  let lead = t / 4u % parts * HEADS;
  let kv = lead / (p.heads / kv_heads);
  for (var i = 0u; i < slots; i++) {
    let row = min(low + i / HEADS, rows - 1u);
    let head = lead + i % HEADS;
    ${load}
  }
  var first = rows;
${lines(
  batches,
  (b) => `  let slot${b} = ${4 * b}u + lane;
  let row${b} = min(low + slot${b} / HEADS, rows - 1u);
  let head${b} = lead + slot${b} % HEADS;
  let info${b} = rows_info[row${b}];
  let start${b} = first_key(info${b}.x, row${b}, window);
  let hidden${b} = hidden_keys(info${b});
  first = min(first, start${b});
${begin.replaceAll('{b}', `${b}`)}`,
)}
  first = min(first, quadSwapX(first));
  first = min(first, quadSwapY(first));
  let last = min(low + ROWS, rows);
  for (var j = first; j < last; j++) {
    let at = (j * stride + p.heads + kv) * 4u + lane;
    let k = qkv[at];
    let v = qkv[at + kv_heads * 4u];
${lines(batches, (b) => `    let seen${b} = j >= start${b} && j <= row${b} && !hides(hidden${b}, j);`)}`;
}

/** The sums that `joined` gives of four slots of array `name` with `other`. */
function products(name: string, other: string, batch: number): string {
  return `joined(odd, high, ${range(4)
    .map((m) => `dot_part(${name}[${4 * batch + m}], ${other})`)
    .join(', ')})`;
}

/** Variables in which the vectors of an array's slots are summed. */
function sums(name: string, { vectors, slots }: Sizes): string {
  return lines(slots, (i) => lines(vectors, (c) => `  var ${name}${i}_${c} = V();`));
}

/** The array itself. */
function gathered(name: string, { vectors, slots }: Sizes): string {
  const filled = range(slots).map(
    (i) =>
      `  ${name}[${i}] = Part(${range(vectors)
        .map((c) => `${name}${i}_${c}`)
        .join(', ')});`,
  );
  return [`  var ${name}: array<Part, SLOTS>;`, ...filled].join('\n');
}

function eachVector(vectors: number, text: (c: number) => string): string {
  return range(vectors).map(text).join(' ');
}

function forward(sizes: Sizes): KernelSource {
  const { vectors, slots } = sizes;
  const batches = slots / 4;
  const begin = `  // Over the keys so far: the largest score, Σ exp(score − top), and in acc Σ exp(score − top)·v.
  var top{b} = -3.0e38;
  var sum{b} = 0.0;`;
  return {
    bindings: [
      ['rows_info', 'read', 'vec4u'],
      ['qkv', 'read', 'Part'],
      ['o', 'read_write', 'Part'],
      ['lse', 'read_write', 'f32'],
    ],
    body: `  var q: array<Part, SLOTS>;
${sums('acc', sizes)}
${overQueries(sizes, 'q[i] = qkv[(row * stride + head) * 4u + lane];', begin)}
${lines(
  batches,
  (b) => `    {
      let score = select(-3.0e38, ${products('q', 'k', b)} * scale, seen${b});
      let top = select(top${b}, score, score > top${b});
      let shrink = exp(top${b} - top);
      let w = select(0.0, exp(score - top), seen${b});
      top${b} = top;
      sum${b} = sum${b} * shrink + w;
${lines(
  4,
  (m) =>
    `      { let f = quadBroadcast(shrink, ${m}u); let g = quadBroadcast(w, ${m}u); ${eachVector(vectors, (c) => `acc${4 * b + m}_${c} = acc${4 * b + m}_${c} * f + g * v[${c}];`)} }`,
)}
    }`,
)}
  }
${gathered('acc', sizes)}
  var factors: array<f32, SLOTS>;
${lines(
  batches,
  (b) => `  {
    // The largest score contributes 1: a smaller sum means a row without keys.
    let sum = max(sum${b}, 1.0);
    if (low + slot${b} / HEADS < rows) { lse[row${b} * p.heads + head${b}] = top${b} + log(sum); }
${lines(4, (m) => `    factors[${4 * b + m}] = quadBroadcast(1.0 / sum, ${m}u);`)}
  }`,
)}
  for (var i = 0u; i < slots; i++) {
    let row = low + i / HEADS;
    if (row < rows) {
      var part = acc[i];
      let factor = factors[i];
      ${eachVector(vectors, (c) => `part[${c}] = part[${c}] * factor;`)}
      o[(row * p.heads + lead + i % HEADS) * 4u + lane] = part;
    }
  }`,
  };
}

function backwardQ(sizes: Sizes): KernelSource {
  const { vectors, slots } = sizes;
  const batches = slots / 4;
  const load = `q[i] = qkv[(row * stride + head) * 4u + lane];
    let at = (row * p.heads + head) * 4u + lane;
    let gradient = d_o[at];
    g[i] = gradient;
    let product = over_quad(dot_part(gradient, o[at]));
    deltas[i / 4u] = select(deltas[i / 4u], product, i % 4u == lane);`;
  const begin = `  let lse{b} = lse[row{b} * p.heads + head{b}];
  let delta{b} = deltas[{b}];
  if (low + slot{b} / HEADS < rows) { delta[row{b} * p.heads + head{b}] = delta{b}; }`;
  return {
    bindings: [
      ['rows_info', 'read', 'vec4u'],
      ['qkv', 'read', 'Part'],
      ['o', 'read', 'Part'],
      ['lse', 'read', 'f32'],
      ['d_o', 'read', 'Part'],
      ['delta', 'read_write', 'f32'],
      ['dqkv', 'read_write', 'Part'],
    ],
    body: `  var q: array<Part, SLOTS>;
  var g: array<Part, SLOTS>;
${sums('dq', sizes)}
  var deltas: array<f32, SLOTS / 4u>;
${overQueries(sizes, load, begin)}
${lines(
  batches,
  (b) => `    {
      let w = select(0.0, exp(${products('q', 'k', b)} * scale - lse${b}), seen${b});
      let ds = w * (${products('g', 'v', b)} - delta${b}) * scale;
${lines(4, (m) => `      { let f = quadBroadcast(ds, ${m}u); ${eachVector(vectors, (c) => `dq${4 * b + m}_${c} += f * k[${c}];`)} }`)}
    }`,
)}
  }
${gathered('dq', sizes)}
  for (var i = 0u; i < slots; i++) {
    let row = low + i / HEADS;
    if (row < rows) { dqkv[(row * stride + lead + i % HEADS) * 4u + lane] = dq[i]; }
  }`,
  };
}

function backwardKv({ vectors, slots }: Sizes): KernelSource {
  const batches = slots / 4;
  return {
    bindings: [
      ['rows_info', 'read', 'vec4u'],
      ['qkv', 'read', 'Part'],
      ['lse', 'read', 'f32'],
      ['delta', 'read', 'f32'],
      ['d_o', 'read', 'Part'],
      ['dqkv', 'read_write', 'Part'],
    ],
    body: `  let low = t / 4u / kv_heads * SLOTS;
  if (low >= rows) { return; }
  let kv = t / 4u % kv_heads;
  let group = p.heads / kv_heads;
  var k: array<Part, SLOTS>;
  var v: array<Part, SLOTS>;
${sums('dk', { vectors, slots })}
${sums('dv', { vectors, slots })}
  for (var i = 0u; i < slots; i++) {
    let at = (min(low + i, rows - 1u) * stride + p.heads + kv) * 4u + lane;
    k[i] = qkv[at];
    v[i] = qkv[at + kv_heads * 4u];
  }
  var end = 0u;
${lines(
  batches,
  (b) => `  let row${b} = min(low + ${4 * b}u + lane, rows - 1u);
  let end${b} = past_query(rows_info[row${b}].y, row${b}, window);
  end = max(end, end${b});`,
)}
  end = max(end, quadSwapX(end));
  end = max(end, quadSwapY(end));
  // One loop over all queries of all heads: in two nested ones, sums would be carried through both.
  var head = kv * group;
  for (var i = low; i < end; ) {
    let hidden = hidden_keys(vec4u(rows_info[i].x, 0u, 0u, rows_info[i].w));
${lines(batches, (b) => `    let seen${b} = i >= row${b} && i < end${b} && !hides(hidden, row${b});`)}
    let at = i * p.heads + head;
    let q = qkv[(i * stride + head) * 4u + lane];
    let g = d_o[at * 4u + lane];
    let lse_i = lse[at];
    let delta_i = delta[at];
${lines(
  batches,
  (b) => `    {
      let w = select(0.0, exp(${products('k', 'q', b)} * scale - lse_i), seen${b});
      let ds = w * (${products('v', 'g', b)} - delta_i) * scale;
${lines(
  4,
  (m) =>
    `      { let e = quadBroadcast(w, ${m}u); let f = quadBroadcast(ds, ${m}u); ${eachVector(vectors, (c) => `dv${4 * b + m}_${c} += e * g[${c}]; dk${4 * b + m}_${c} += f * q[${c}];`)} }`,
)}
    }`,
)}
    let wraps = head + 1u == (kv + 1u) * group;
    i = select(i, i + 1u, wraps);
    head = select(head + 1u, kv * group, wraps);
  }
${gathered('dk', { vectors, slots })}
${gathered('dv', { vectors, slots })}
  for (var i = 0u; i < slots; i++) {
    let row = low + i;
    if (row < rows) {
      let at = (row * stride + p.heads + kv) * 4u + lane;
      dqkv[at] = dk[i];
      dqkv[at + kv_heads * 4u] = dv[i];
    }
  }`,
  };
}

function lines(count: number, text: (index: number) => string): string {
  return range(count).map(text).join('\n');
}
