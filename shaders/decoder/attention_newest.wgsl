// Attention of the newest row of each sequence to kept keys and values, its own included, with an online
// softmax:
//   o = Σ_{first ≤ j ≤ position} softmax_j(q·k_j · scale) v_j
// first: 0, or the start of the window. The keys of a sequence are kept one after another; that of row i of
// this pass at first_place + places[i].
//   rows_info: [rows] of (–, –, position, –), qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, kept: [*, 2·kv_heads·hd] (keep_keys_values),
//   o: [rows, heads·hd].  Prelude: src/engine/decoder/attention.ts.  One thread per row and head.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32, first_place: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> places: array<u32>;
@group(0) @binding(3) var<storage, read> qkv: array<V>;
@group(0) @binding(4) var<storage, read> kept: array<V>;
@group(0) @binding(5) var<storage, read_write> o: array<V>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.heads) { return; }
  let row = t / p.heads;
  let head = t % p.heads;
  let kv = head / (p.heads / p.kv_heads);
  let place = p.first_place + places[row];
  let q = load_qkv((row * (p.heads + 2u * p.kv_heads) + head) * HD);
  var top = -3.0e38;
  var sum = 0.0;
  var acc = Head();
  for (var j = first_key(place - rows_info[row].z, place, p.window); j <= place; j++) {
    let k_at = (j * 2u * p.kv_heads + kv) * HD;
    let score = dot_head(q, load_kept(k_at)) * p.scale;
    let higher = max(top, score);
    let shrink = exp(top - higher);
    let w = exp(score - higher);
    top = higher;
    sum = sum * shrink + w;
    acc = add_scaled(scaled(acc, shrink), w, load_kept(k_at + p.kv_heads * HD));
  }
  store_o((row * p.heads + head) * HD, scaled(acc, 1.0 / sum));
}
