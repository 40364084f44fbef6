// A loss over scores, forward, for one tile of them. Each of a row's `lanes` threads processes every lanes-th
// quad of columns, continuing from what it
// kept of the tiles before. The target itself, which `target_score` handles, is left out, as are columns from
// `shared_columns` on that another
// row owns.
//   logits: [rows, stride], rows first_row… and columns first_column… of all scores before scaling; target_column, state: by row;
//   owner: the row that sees column shared_columns + i;  partials: [rows, lanes].  Parts: loss, offsets.  One thread per lane.
struct Params {
  first_row: u32, rows: u32, first_column: u32, columns: u32, stride: u32, shared_columns: u32, lanes: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read> target_column: array<u32>;
@group(0) @binding(3) var<storage, read> owner: array<u32>;
@group(0) @binding(4) var<storage, read> state: array<Row>;
@group(0) @binding(5) var<storage, read_write> partials: array<Kept>;

// #include "losses/parts/row.wgsl"
// #include "losses/offsets/{offsets}.wgsl"
// #include "losses/parts/columns.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let local = t / p.lanes;
  if (local >= p.rows) { return; }
  let row = p.first_row + local;
  let hit = target_column[row];
  let s = state[row];
  var kept = nothing();
  if (p.first_column > 0u) { kept = partials[t]; }
  for (var quad = t % p.lanes; 4u * quad < p.columns; quad += p.lanes) {
    let column = columns_of(quad);
    let left_out = hidden_from(row, column) | (column == vec4u(hit));
    let score = s.scale * logits[local * (p.stride / 4u) + quad] + offsets_of(p.first_column / 4u + quad);
    kept = accumulate(kept, score, left_out, s.z);
  }
  partials[t] = kept;
}
