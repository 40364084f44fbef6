// Entropy of attention rows, and the gradient of what it lacks of ln n with respect to q: with s_ij =
// q_i·k_j·scale − lse_i = ln p_ij,
//   H_i = −Σ_j p_ij·s_ij,   lack_i = 1 − H_i/ln n_i,   ∂(weight·w_i·lack_i)/∂s_ij = c_i·p_ij·(s_ij + H_i),   c_i = weight·w_i/ln n_i,
// n_i the keys that row i sees; rows of weight 0, or with one key, have none. dq is added to; (c_i, H_i) is
// kept for the kernel over keys.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; row_weight: [rows]; lse, pull, lack: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.  One thread per row and head. Rows of weight other than 0 hide no keys.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32, weight: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> row_weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<V>;
@group(0) @binding(6) var<storage, read_write> pull: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> lack: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.heads) { return; }
  let row = t / p.heads;
  let head = t % p.heads;
  let first = first_key(rows_info[row].x, row, p.window);
  let w = row_weight[row];
  if (w == 0.0 || first == row) {
    pull[t] = vec2f();
    lack[t] = 0.0;
    return;
  }
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let key = (p.heads + head / (p.heads / p.kv_heads)) * HD;
  let q_at = row * stride + head * HD;
  let q = load_qkv(q_at);
  var entropy = 0.0;
  for (var j = first; j <= row; j++) {
    let s = dot_head(q, load_qkv(j * stride + key)) * p.scale - lse[t];
    entropy -= exp(s) * s;
  }
  let most = log(f32(row - first + 1u));
  let c = p.weight * w / most;
  var dq = load_dqkv(q_at);
  for (var j = first; j <= row; j++) {
    let k = load_qkv(j * stride + key);
    let s = dot_head(q, k) * p.scale - lse[t];
    dq = add_scaled(dq, c * p.scale * exp(s) * (s + entropy), k);
  }
  store_dqkv(q_at, dq);
  pull[t] = vec2f(c, entropy);
  lack[t] = 1.0 - entropy / most;
}
