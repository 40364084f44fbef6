// Joins what the lanes of `kl_partial` kept of a row: log Σ exp(score) of the base's scores and of the arm's.
//   partials: [rows, lanes], state: [rows].  One thread per row.
struct Params { rows: u32, lanes: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> state: array<vec2f>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  var kept = partials[row * p.lanes];
  for (var lane = 1u; lane < p.lanes; lane++) {
    let other = partials[row * p.lanes + lane];
    let top = max(kept.xz, other.xz);
    let sum = kept.yw * exp(kept.xz - top) + other.yw * exp(other.xz - top);
    kept = vec4f(top.x, sum.x, top.y, sum.y);
  }
  state[row] = kept.xz + log(kept.yw);
}
