// LayerNorm (Ba et al., arXiv 1607.06450): y = (x − μ)·r·g + b (+ residual) with μ = mean(x), r = 1/√(mean((x
// − μ)²) + ε); both are kept.
//   x, y: [rows, d], gain, bias: [d], moments: [rows] of (μ, r).  Prelude: src/engine/decoder/norms.ts.  One thread per row.
struct Params { rows: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read> gain: array<V>;
@group(0) @binding(3) var<storage, read> bias: array<V>;
@group(0) @binding(4) var<storage, read_write> y: array<V>;
@group(0) @binding(5) var<storage, read_write> moments: array<vec2f>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  let at = row * D;
  var sum = 0.0;
  for (var c = 0u; c < end; c++) { sum += dot(x[at + c], V(1.0)); }
  let mean = sum / f32(D * W);
  // Squared deviations are summed in a separate loop: mean(x²) − μ² would cancel.
  var squares = 0.0;
  for (var c = 0u; c < end; c++) { let v = x[at + c] - mean; squares += dot(v, v); }
  let r = inverseSqrt(squares / f32(D * W) + p.epsilon);
  for (var c = 0u; c < end; c++) { y[at + c] = joined(at + c, (x[at + c] - mean) * r * gain[c] + bias[c]); }
  moments[row] = vec2f(mean, r);
}
