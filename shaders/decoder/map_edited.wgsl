// What reaches the values of each key of a model that is operated on, for display: map[s, layer, h, i, j] =
// w_ij·g_j of attention_edited,
// for sequences of the same length T, stored one after the other from row 0.
//   edits: [layers, rows, heads] of (b, g), those of this layer from `edited` on; the rest as in attention_map.
//   Prelude: src/engine/decoder/attention.ts.  One thread per weight.
struct Params {
  sequences: u32, length: u32, layer: u32, layers: u32, heads: u32, kv_heads: u32, scale: f32, window: u32, edited: u32
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> qkv: array<V>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read> edits: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> map: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let square = p.length * p.length;
  if (t >= p.sequences * p.heads * square) { return; }
  let key = t % p.length;
  let query = (t / p.length) % p.length;
  let head = (t / square) % p.heads;
  let sequence = t / (square * p.heads);
  let at = ((sequence * p.layers + p.layer) * p.heads + head) * square + query * p.length + key;
  if (key > query || key < first_key(0u, query, p.window)) { map[at] = 0.0; return; }
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let row = sequence * p.length + query;
  let other = sequence * p.length + key;
  let q = load_qkv(row * stride + head * HD);
  let k = load_qkv(other * stride + (p.heads + head / (p.heads / p.kv_heads)) * HD);
  let edit = edits[p.edited + other * p.heads + head];
  map[at] = exp(dot_head(q, k) * p.scale + edit.x - lse[row * p.heads + head]) * edit.y;
}
