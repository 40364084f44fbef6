// The gradient of `entropy_q` with respect to k, parallel over keys, hence without atomics: dk_j +=
// scale·Σ_{i ≥ j} c_i·p_ij·(s_ij + H_i)·q_i,
// s_ij = q_i·k_j·scale − lse_i = ln p_ij, summed over the query heads of a key head.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; lse and pull = (c_i, H_i): [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.  One thread per row and key head.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> pull: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<V>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.kv_heads) { return; }
  let row = t / p.kv_heads;
  let kv = t % p.kv_heads;
  let group = p.heads / p.kv_heads;
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let at = row * stride + (p.heads + kv) * HD;
  let k = load_qkv(at);
  var dk = load_dqkv(at);
  let end = past_query(rows_info[row].y, row, p.window);
  for (var i = row; i < end; i++) {
    for (var head = kv * group; head < (kv + 1u) * group; head++) {
      let of_row = pull[i * p.heads + head];
      if (of_row.x == 0.0) { continue; }
      let q = load_qkv(i * stride + head * HD);
      let s = dot_head(q, k) * p.scale - lse[i * p.heads + head];
      dk = add_scaled(dk, of_row.x * p.scale * exp(s) * (s + of_row.y), q);
    }
  }
  store_dqkv(at, dk);
}
