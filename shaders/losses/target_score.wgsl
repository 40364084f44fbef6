// Scores of the targets alone, and the state from which a row's loss over its other columns starts:
// (begin(z), z, scale).
//   z = scale·h_row·e_target + offset, scale = exp(log_scale) where `scaled`, else 1.
//   Of e, rows first, …, first + count − 1 are bound; the rows of h whose targets are others are left.   h: [rows, depth], e: [columns, depth] as `e_at` reads it.  Prelude: V, D = depth / W, row_length, STORED, e_at.  Parts: loss, offsets.  One thread per row.
struct Params { rows: u32, scaled: u32, first: u32, count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<V>;
@group(0) @binding(2) var<storage, read> e: array<STORED>;
@group(0) @binding(3) var<storage, read> target_column: array<u32>;
@group(0) @binding(4) var<storage, read> log_scale: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<Row>;

// #include "losses/parts/row.wgsl"
// #include "losses/offsets/{offsets}.wgsl"

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 16u;
  if (row >= p.rows) { return; }
  let column = target_column[row];
  // A row before the first is far after the last: unsigned numbers wrap around.
  if (column - p.first >= p.count) { return; }
  let hit = (column - p.first) * D;
  let end = row_length(p.rows);
  var sum = 0.0;
  for (var c = 0u; c < end; c++) { sum += dot(h[row * D + c], e_at(hit + c)); }
  var scale = 1.0;
  if (p.scaled == 1u) { scale = exp(log_scale[0]); }
  let z = scale * sum + offsets_of(column / 4u)[column % 4u];
  state[row] = Row(begin(z), z, scale);
}
