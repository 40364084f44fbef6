// A loss over scores, backward, in place on one tile of them: scores become the gradient of weight·Σ_row
// w_row·loss_row before scaling,
//   weight·w_row·scale·∂loss_row/∂score, score = scale·product + offset, and zero where the row does not see the column, and past `columns`.
//   Tile, lanes and owners as in loss_partial; state: as loss_state leaves it; row_weight: by row.  Parts: loss, offsets.  One thread per lane.
struct Params {
  first_row: u32, rows: u32, first_column: u32, columns: u32, stride: u32, shared_columns: u32, lanes: u32, weight: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> target_column: array<u32>;
@group(0) @binding(2) var<storage, read> owner: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<Row>;
@group(0) @binding(4) var<storage, read> row_weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;

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
  let size = p.weight * row_weight[row] * s.scale;
  let of_target = size * target_slope(s);
  for (var quad = t % p.lanes; 4u * quad < p.stride; quad += p.lanes) {
    let column = columns_of(quad);
    let at = local * (p.stride / 4u) + quad;
    let score = s.scale * logits[at] + offsets_of(p.first_column / 4u + quad);
    let g = select(size * other_slopes(s, score), vec4f(of_target), column == vec4u(hit));
    logits[at] = select(g, vec4f(), hidden_from(row, column));
  }
}
