// Rotary position embedding (Su et al., arXiv 2104.09864), rotate-half convention, in place on the q and k heads of a
// fused q,k,v row. direction = 1 rotates forward, −1 is the transpose, which is the gradient. The angles come as a table made
// in float64: WGSL promises little about sin and cos away from zero.
//   qkv: [rows, stride], rows_info: [rows] of (start, end, position, hidden key), table: [positions, HALF] of (cos, sin).
//   Prelude: HALF = head size / 2.
struct Params { rows: u32, heads: u32, stride: u32, direction: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> table: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> qkv: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.heads * HALF) { return; }
  let c = i % HALF;
  let head = (i / HALF) % p.heads;
  let row = i / (HALF * p.heads);
  let turn = table[rows_info[row].z * HALF + c] * vec2f(1.0, p.direction);
  let at = row * p.stride + head * 2u * HALF + c;
  let a = qkv[at];
  let b = qkv[at + HALF];
  qkv[at] = a * turn.x - b * turn.y;
  qkv[at + HALF] = b * turn.x + a * turn.y;
}
