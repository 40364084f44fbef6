// The attention weights themselves, for looking at: map[s, layer, h, i, j] = exp(q_i·k_j·scale − lse_i) for j ≤ i, else 0,
// for sequences of one length T that lie one after the other from row 0.
//   qkv: [rows, (heads + 2·kv_heads)·hd], lse: [rows, heads], map: [sequences, layers, heads, T, T].
//   Prelude: V, W, HD, HEADS, KV_HEADS.  One thread a weight.
struct Params { sequences: u32, length: u32, layer: u32, layers: u32, scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> qkv: array<V>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> map: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let square = p.length * p.length;
  if (t >= p.sequences * HEADS * square) { return; }
  let key = t % p.length;
  let query = (t / p.length) % p.length;
  let head = (t / square) % HEADS;
  let sequence = t / (square * HEADS);
  let at = ((sequence * p.layers + p.layer) * HEADS + head) * square + query * p.length + key;
  if (key > query) { map[at] = 0.0; return; }
  let kv = head / (HEADS / KV_HEADS);
  let stride = (HEADS + 2u * KV_HEADS) * HD;
  let row = sequence * p.length + query;
  let q_at = row * stride + head * HD;
  let k_at = (sequence * p.length + key) * stride + (HEADS + kv) * HD;
  var s = 0.0;
  for (var c = 0u; c < HD; c++) { s += dot(qkv[q_at + c], qkv[k_at + c]); }
  map[at] = exp(s * p.scale - lse[row * HEADS + head]);
}
