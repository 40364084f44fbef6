// RMSNorm (Zhang & Sennrich 2019): y = x · r · g (+ residual) with r = 1/√(mean(x²) + ε); r is kept for the
// backward pass.
//   x, y: [rows, d], gain: [d], rms: [rows].  Prelude: src/engine/decoder/norms.ts.  One thread per row.
struct Params { rows: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read> gain: array<V>;
@group(0) @binding(3) var<storage, read_write> y: array<V>;
@group(0) @binding(4) var<storage, read_write> rms: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  let at = row * D;
  var sum = 0.0;
  for (var c = 0u; c < end; c++) { let v = x[at + c]; sum += dot(v, v); }
  let r = inverseSqrt(sum / f32(D * W) + p.epsilon);
  for (var c = 0u; c < end; c++) { y[at + c] = joined(at + c, x[at + c] * r * gain[c]); }
  rms[row] = r;
}
