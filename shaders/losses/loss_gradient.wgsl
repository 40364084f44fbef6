// A loss over scores, backward, in place on one tile of them: scores become the gradient of weight·Σ_row w_row·loss_row before scaling,
//   softmax: weight·w_row·scale·(softmax − 1[target])
//   PAIRWISE: weight·w_row·scale·σ(score − z) for a negative, −weight·w_row·scale·Σ σ(…) for the target
// and zero where the row does not see the column and past `columns`.
//   Tile, lanes and owners as in loss_partial; state: as loss_state leaves it; row_weight: by row.  Prelude: PAIRWISE.  One thread a lane.
struct Params {
  first_row: u32, rows: u32, first_column: u32, columns: u32, stride: u32, shared_columns: u32, lanes: u32, weight: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> target_column: array<u32>;
@group(0) @binding(2) var<storage, read> owner: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> row_weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;

fn owner_of(column: u32) -> u32 { return owner[max(column, p.shared_columns) - p.shared_columns]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let local = t / p.lanes;
  if (local >= p.rows) { return; }
  let row = p.first_row + local;
  let hit = target_column[row];
  let s = state[row];
  let size = p.weight * row_weight[row] * s.w;
  let of_target = size * select(exp(s.z - s.x) / s.y - 1.0, -s.y, PAIRWISE == 1u);
  for (var quad = t % p.lanes; 4u * quad < p.stride; quad += p.lanes) {
    let column = p.first_column + 4u * quad + vec4u(0u, 1u, 2u, 3u);
    var left_out = column >= vec4u(p.first_column + p.columns);
    if (column.w >= p.shared_columns) {
      let who = vec4u(owner_of(column.x), owner_of(column.y), owner_of(column.z), owner_of(column.w));
      left_out |= (column >= vec4u(p.shared_columns)) & (who != vec4u(row));
    }
    let at = local * (p.stride / 4u) + quad;
    let score = s.w * logits[at];
    var share: vec4f;
    if (PAIRWISE == 1u) {
      let e = exp(-abs(score - s.z));
      share = select(e, vec4f(1.0), score > vec4f(s.z)) / (1.0 + e);
    } else {
      share = exp(score - s.x) / s.y;
    }
    let g = select(size * share, vec4f(of_target), column == vec4u(hit));
    logits[at] = select(g, vec4f(), left_out);
  }
}
