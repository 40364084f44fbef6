// Joins what the lanes of `loss_partial` kept of a row with the state that `target_score` left; its target
// score and scale are unchanged.
//   partials: [rows, lanes] of rows first_row…, state: by row.  Part: loss.  One thread per row.
struct Params { first_row: u32, rows: u32, lanes: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<Kept>;
@group(0) @binding(2) var<storage, read_write> state: array<Row>;

// #include "losses/parts/row.wgsl"

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let local = id.x + id.y * groups.x * 16u;
  if (local >= p.rows) { return; }
  let s = state[p.first_row + local];
  var kept = s.kept;
  for (var lane = 0u; lane < p.lanes; lane++) { kept = join(kept, partials[local * p.lanes + lane], s.z); }
  state[p.first_row + local] = Row(kept, s.z, s.scale);
}
