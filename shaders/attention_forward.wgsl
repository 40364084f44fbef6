// Causal grouped-query attention over packed sequences with an online softmax (FlashAttention, arXiv 2205.14135):
//   o_i = Σ_{start ≤ j ≤ i} softmax_j(q_i·k_j · scale) v_j,   lse_i = log Σ_j exp(q_i·k_j · scale)
// Key j of row i is left out when j is that row's hidden key.
//   qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, o: [rows, heads·hd], lse: [rows, heads].
//   Prelude: V, W, HD = head size / W, HEADS, KV_HEADS.  One thread a (row, head).
struct Params { rows: u32, scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read_write> o: array<V>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 16u;
  if (t >= p.rows * HEADS) { return; }
  let row = t / HEADS;
  let head = t % HEADS;
  let kv = head / (HEADS / KV_HEADS);
  let stride = (HEADS + 2u * KV_HEADS) * HD;
  let info = rows_info[row];
  var q: array<V, HD>;
  var acc: array<V, HD>;
  for (var c = 0u; c < HD; c++) { q[c] = qkv[row * stride + head * HD + c]; acc[c] = V(); }
  var top = -3.0e38;
  var sum = 0.0;
  for (var j = info.x; j <= row; j++) {
    if (j == info.w) { continue; }
    let k_at = j * stride + (HEADS + kv) * HD;
    let v_at = k_at + KV_HEADS * HD;
    var s = 0.0;
    for (var c = 0u; c < HD; c++) { s += dot(q[c], qkv[k_at + c]); }
    s *= p.scale;
    if (s > top) {
      let shrink = exp(top - s);
      sum *= shrink;
      for (var c = 0u; c < HD; c++) { acc[c] *= shrink; }
      top = s;
    }
    let w = exp(s - top);
    sum += w;
    for (var c = 0u; c < HD; c++) { acc[c] += w * qkv[v_at + c]; }
  }
  for (var c = 0u; c < HD; c++) { o[row * HEADS * HD + head * HD + c] = acc[c] / sum; }
  lse[t] = top + log(sum);
}
