// x becomes x / max(‖x‖₂, 1e-12), row by row, in place; the divisor is kept.   x: [rows, d], norm:
// [rows].  Prelude: V, D = d / W, row_length.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<V>;
@group(0) @binding(2) var<storage, read_write> norm: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  var sum = 0.0;
  for (var c = 0u; c < end; c++) { let v = x[row * D + c]; sum += dot(v, v); }
  let n = max(sqrt(sum), 1.0e-12);
  for (var c = 0u; c < end; c++) { x[row * D + c] = x[row * D + c] / n; }
  norm[row] = n;
}
