// Joins what the lanes of `loss_partial` kept of a row with the state that `target_score` left; its target score and scale stay.
//   softmax: (maximum, Σ exp(score − maximum)) over all columns that the row sees · PAIRWISE: the sums of both parts
//   partials: [rows, lanes] of rows first_row…, state: by row.  Prelude: PAIRWISE.  One thread a row.
struct Params { first_row: u32, rows: u32, lanes: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let local = id.x + id.y * groups.x * 16u;
  if (local >= p.rows) { return; }
  let s = state[p.first_row + local];
  var kept = s.xy;
  for (var lane = 0u; lane < p.lanes; lane++) {
    let part = partials[local * p.lanes + lane];
    if (PAIRWISE == 1u) {
      kept += part;
    } else {
      let top = max(kept.x, part.x);
      kept = vec2f(top, kept.y * exp(kept.x - top) + part.y * exp(part.x - top));
    }
  }
  state[p.first_row + local] = vec4f(kept, s.zw);
}
