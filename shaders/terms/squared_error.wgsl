// The squared error of rows of numbers, and its gradient in place: error[row] = scale·Σ_{c < size} (y −
// goal)², and y becomes
// 2·weight·scale·(y − goal), 0 from column `size` on.   y, goal: [rows, width], error: [rows].  One thread
// per row.
struct Params { rows: u32, width: u32, size: u32, scale: f32, weight: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> goal: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> error: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  var sum = 0.0;
  for (var c = 0u; c < p.width; c++) {
    let at = row * p.width + c;
    let away = select(0.0, y[at] - goal[at], c < p.size);
    sum += away * away;
    y[at] = 2.0 * p.weight * p.scale * away;
  }
  error[row] = p.scale * sum;
}
