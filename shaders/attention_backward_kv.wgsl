// Gradients with respect to k and v (FlashAttention-2, arXiv 2307.08691), parallel over keys, so without atomics:
//   dv_j = Σ_{i ≥ j} p_ij do_i,   dk_j = scale·Σ_{i ≥ j} p_ij·(do_i·v_j − D_i) q_i, summed over the query heads of a key head.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; d_o: [rows, heads·hd]; lse, delta: [rows, heads].
//   Prelude: V, W, HD, HEADS, KV_HEADS.  One thread a (row, key head).
struct Params { rows: u32, scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> delta: array<f32>;
@group(0) @binding(5) var<storage, read> d_o: array<V>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<V>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 16u;
  if (t >= p.rows * KV_HEADS) { return; }
  let row = t / KV_HEADS;
  let kv = t % KV_HEADS;
  let stride = (HEADS + 2u * KV_HEADS) * HD;
  let k_at = row * stride + (HEADS + kv) * HD;
  let v_at = k_at + KV_HEADS * HD;
  var k: array<V, HD>;
  var v: array<V, HD>;
  var dk: array<V, HD>;
  var dv: array<V, HD>;
  for (var c = 0u; c < HD; c++) { k[c] = qkv[k_at + c]; v[c] = qkv[v_at + c]; dk[c] = V(); dv[c] = V(); }
  let end = rows_info[row].y;
  for (var i = row; i < end; i++) {
    if (rows_info[i].w == row) { continue; }
    for (var h = 0u; h < HEADS / KV_HEADS; h++) {
      let head = kv * (HEADS / KV_HEADS) + h;
      let q_at = i * stride + head * HD;
      let o_at = (i * HEADS + head) * HD;
      var s = 0.0;
      var dp = 0.0;
      for (var c = 0u; c < HD; c++) { s += dot(qkv[q_at + c], k[c]); dp += dot(d_o[o_at + c], v[c]); }
      let w = exp(s * p.scale - lse[i * HEADS + head]);
      let ds = w * (dp - delta[i * HEADS + head]) * p.scale;
      for (var c = 0u; c < HD; c++) { dv[c] += w * d_o[o_at + c]; dk[c] += ds * qkv[q_at + c]; }
    }
  }
  for (var c = 0u; c < HD; c++) { dqkv[k_at + c] = dk[c]; dqkv[v_at + c] = dv[c]; }
}
