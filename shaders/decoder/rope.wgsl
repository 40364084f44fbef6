// Rotary position embedding (Su et al., arXiv 2104.09864), rotate-half convention, in place on the q and k
// heads of a
// fused q,k,v row. direction = 1 rotates forward, −1 is the transpose, which gives the gradient. The angles
// come from a table computed
// in float64: WGSL guarantees little about sin and cos away from zero.
//   qkv: [rows, stride], rows_info: [rows] of (start, end, position, hidden keys), table: [positions, 2·half]: cos of all
//   frequencies, then sin.  half (of a head) and stride in vectors.  Prelude: V.  One thread per vector of each half.
struct Params { rows: u32, heads: u32, half: u32, stride: u32, direction: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> table: array<V>;
@group(0) @binding(3) var<storage, read_write> qkv: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.heads * p.half) { return; }
  let c = i % p.half;
  let head = (i / p.half) % p.heads;
  let row = i / (p.half * p.heads);
  let turn = rows_info[row].z * 2u * p.half + c;
  let cosine = table[turn];
  let sine = table[turn + p.half] * p.direction;
  let at = row * p.stride + head * 2u * p.half + c;
  let a = qkv[at];
  let b = qkv[at + p.half];
  qkv[at] = a * cosine - b * sine;
  qkv[at + p.half] = b * cosine + a * sine;
}
