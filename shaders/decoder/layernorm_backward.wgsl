// Gradient of LayerNorm with frozen gain and bias, added to the gradient of the residual path, or replacing
// it:
//   dx (+)= r·(g∘dy − mean(g∘dy) − x̂·mean(x̂∘g∘dy)),   x̂ = (x − μ)·r
//   x, dy, dx: [rows, d], gain: [d], moments: [rows] of (μ, r).  Prelude: src/engine/decoder/norms.ts.  One thread per row.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read> gain: array<V>;
@group(0) @binding(3) var<storage, read> moments: array<vec2f>;
@group(0) @binding(4) var<storage, read> dy: array<V>;
@group(0) @binding(5) var<storage, read_write> dx: array<V>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  let at = row * D;
  let mean = moments[row].x;
  let r = moments[row].y;
  var sum = 0.0;
  var along = 0.0;
  for (var c = 0u; c < end; c++) {
    let g = gain[c] * dy[at + c];
    sum += dot(g, V(1.0));
    along += dot(g, (x[at + c] - mean) * r);
  }
  let k = along / f32(D * W);
  let shift = sum / f32(D * W);
  for (var c = 0u; c < end; c++) {
    dx[at + c] = joined(at + c, r * (gain[c] * dy[at + c] - shift - (x[at + c] - mean) * r * k));
  }
}
