// Importance of every key of a model that is operated on: importance[layer, k, head] = (1/(T−k+1))·Σ_{i≥k}
// w_ik·g_k, k from 1 in its sequence,
// with w and g as in attention_edited. Keys that rows hide, which only those after [EMB] do, are not taken
// into account.
//   rows_info: [rows], qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, lse: [rows, heads], edits: [layers, rows, heads] of (b, g);
//   of edits and importance, the layer's from `layer` on.  Prelude: src/engine/decoder/attention.ts.  One thread per (row, head).
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32, layer: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> edits: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> importance: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.heads) { return; }
  let key = t / p.heads;
  let head = t % p.heads;
  let end = rows_info[key].y;
  let edit = edits[p.layer + t];
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let k = load_qkv(key * stride + (p.heads + head / (p.heads / p.kv_heads)) * HD);
  var sum = 0.0;
  for (var i = key; i < past_query(end, key, p.window); i++) {
    sum += exp(dot_head(load_qkv(i * stride + head * HD), k) * p.scale + edit.x - lse[i * p.heads + head]);
  }
  importance[p.layer + t] = sum * edit.y / f32(end - key);
}
