// Gradient of the row normalisation, in place: dy becomes dx = (dy − y·(y·dy)) / ‖x‖.
//   y, dy: [rows, d], norm: [rows].  Prelude: V, D = d / W, row_length.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<V>;
@group(0) @binding(2) var<storage, read> norm: array<f32>;
@group(0) @binding(3) var<storage, read_write> dy: array<V>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let end = row_length(p.rows);
  let at = row * D;
  var along = 0.0;
  for (var c = 0u; c < end; c++) { along += dot(y[at + c], dy[at + c]); }
  for (var c = 0u; c < end; c++) { dy[at + c] = (dy[at + c] - y[at + c] * along) / norm[row]; }
}
