// Gradient of the RMSNorm of query and key heads with frozen gains, in place:  dx = r·(g∘dy) − x · r³/d · Σ_c
// x_c g_c dy_c; that of v is left unchanged.
//   dqkv: [rows, (heads + 2·kv_heads)·hd]; raw, gains and the prelude as in head_norm_forward.  One thread per head of a row.
@group(0) @binding(2) var<storage, read> raw: array<V>;
@group(0) @binding(3) var<storage, read_write> dqkv: array<V>;

// #include "decoder/parts/normed_heads.wgsl"

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * (p.heads + p.kv_heads)) { return; }
  let at = head_at(t);
  let gain = gain_of(t);
  let end = row_length(p.rows);
  var squares = 0.0;
  var sum = 0.0;
  for (var c = 0u; c < end; c++) {
    let v = raw[t * D + c];
    squares += dot(v, v);
    sum += dot(v, gains[gain + c] * dqkv[at + c]);
  }
  let r = inverseSqrt(squares / f32(D * W) + p.epsilon);
  let k = sum * r * r * r / f32(D * W);
  for (var c = 0u; c < end; c++) { dqkv[at + c] = r * gains[gain + c] * dqkv[at + c] - k * raw[t * D + c]; }
}
