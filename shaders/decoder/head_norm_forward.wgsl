// RMSNorm of every query and key head, in place on a fused q,k,v row before RoPE:  y = x·r·g, r =
// 1/√(mean(x²) + ε) over the head.
// The originals are kept for the backward pass.
//   qkv: [rows, (heads + 2·kv_heads)·hd], raw: [rows, (heads + kv_heads)·hd], gains: [2, hd], of queries and of keys.
//   Prelude: V, W, D = hd / W, row_length.  One thread per head of a row.
@group(0) @binding(2) var<storage, read_write> qkv: array<V>;
@group(0) @binding(3) var<storage, read_write> raw: array<V>;

// #include "decoder/parts/normed_heads.wgsl"

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * (p.heads + p.kv_heads)) { return; }
  let at = head_at(t);
  let gain = gain_of(t);
  let end = row_length(p.rows);
  var sum = 0.0;
  for (var c = 0u; c < end; c++) {
    let v = qkv[at + c];
    raw[t * D + c] = v;
    sum += dot(v, v);
  }
  let r = inverseSqrt(sum / f32(D * W) + p.epsilon);
  for (var c = 0u; c < end; c++) { qkv[at + c] = qkv[at + c] * r * gains[gain + c]; }
}
