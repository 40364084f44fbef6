// Gradient with respect to q (FlashAttention-2, arXiv 2307.08691, algorithm 2), parallel over queries:
//   D_i = Σ_c do_ic·o_ic,   p_ij = exp(q_i·k_j·scale − lse_i),   ds_ij = p_ij·(do_i·v_j − D_i),   dq_i = scale·Σ_j ds_ij k_j
// D is kept for the kernel over keys.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; o, d_o: [rows, heads·hd]; lse, delta: [rows, heads].
//   Prelude: V, W, HD, HEADS, KV_HEADS.  One thread a (row, head).
struct Params { rows: u32, scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> o: array<V>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> d_o: array<V>;
@group(0) @binding(6) var<storage, read_write> delta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<V>;

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
  var g: array<V, HD>;
  var dq: array<V, HD>;
  var d = 0.0;
  for (var c = 0u; c < HD; c++) {
    q[c] = qkv[row * stride + head * HD + c];
    g[c] = d_o[t * HD + c];
    dq[c] = V();
    d += dot(g[c], o[t * HD + c]);
  }
  for (var j = info.x; j <= row; j++) {
    if (j == info.w) { continue; }
    let k_at = j * stride + (HEADS + kv) * HD;
    let v_at = k_at + KV_HEADS * HD;
    var s = 0.0;
    var dp = 0.0;
    for (var c = 0u; c < HD; c++) { s += dot(q[c], qkv[k_at + c]); dp += dot(g[c], qkv[v_at + c]); }
    let ds = exp(s * p.scale - lse[t]) * (dp - d) * p.scale;
    for (var c = 0u; c < HD; c++) { dq[c] += ds * qkv[k_at + c]; }
  }
  delta[t] = d;
  for (var c = 0u; c < HD; c++) { dqkv[row * stride + head * HD + c] = dq[c]; }
}
