// Gradient of RMSNorm with a frozen gain, added to the gradient of the residual path, or replacing it:
//   dx (+)= r·(g∘dy) − x · r³/d · Σ_c x_c g_c dy_c
//   x, dy, dx: [rows, d], gain: [d], rms: [rows].  Prelude: src/engine/decoder/norms.ts.  One thread per row.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read> gain: array<V>;
@group(0) @binding(3) var<storage, read> rms: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<V>;
@group(0) @binding(5) var<storage, read_write> dx: array<V>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  let at = row * D;
  let r = rms[row];
  var sum = 0.0;
  for (var c = 0u; c < end; c++) { sum += dot(x[at + c], gain[c] * dy[at + c]); }
  let k = sum * r * r * r / f32(D * W);
  for (var c = 0u; c < end; c++) { dx[at + c] = joined(at + c, r * gain[c] * dy[at + c] - k * x[at + c]); }
}
