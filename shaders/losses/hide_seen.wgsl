// Scores of a tile, before scaling, of items that a row's history has become so low that a softmax gives them
// nothing; the row's target keeps its own.
//   seen: items of histories; span = (first, count, –, all) of each row: its history is the `all` items of `seen` that end at first + count.
//   logits: [rows, stride], rows first_row… and columns first_column… of all scores; target_column: by row. One thread per row.
struct Params { first_row: u32, rows: u32, first_column: u32, columns: u32, stride: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> span: array<vec4u>;
@group(0) @binding(2) var<storage, read> seen: array<u32>;
@group(0) @binding(3) var<storage, read> target_column: array<u32>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

const HIDDEN = -1.0e30;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let local = id.x + id.y * groups.x * 64u;
  if (local >= p.rows) { return; }
  let row = p.first_row + local;
  let place = span[row];
  let end = place.x + place.y;
  for (var i = end - place.w; i < end; i++) {
    // A column before the first is far after the last: unsigned numbers wrap around.
    let column = seen[i] - p.first_column;
    if (column < p.columns && seen[i] != target_column[row]) { logits[local * p.stride + column] = HIDDEN; }
  }
}
