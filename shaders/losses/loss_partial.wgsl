// A loss over scores, forward, for one tile of them. Each of `lanes` threads a row goes over every lanes-th quad of columns and on from what it
// kept of the tiles before:
//   softmax: (maximum, Σ exp(score − maximum)), the online softmax of arXiv 1805.02867; a lane that has seen nothing holds (LOW, 0)
//   PAIRWISE (KARMA's L_act): (Σ softplus(score − z), Σ σ(score − z)), z the target's score
// The target itself, which `target_score` has, is left out, and so are columns from `shared_columns` on that another row owns.
//   logits: [rows, stride], rows first_row… and columns first_column… of all scores before scaling; target_column, state: by row;
//   owner: the row that sees column shared_columns + i;  partials: [rows, lanes].  Prelude: PAIRWISE.  One thread a lane.
struct Params {
  first_row: u32, rows: u32, first_column: u32, columns: u32, stride: u32, shared_columns: u32, lanes: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read> target_column: array<u32>;
@group(0) @binding(3) var<storage, read> owner: array<u32>;
@group(0) @binding(4) var<storage, read> state: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec2f>;

const LOW = -3.0e38;

fn owner_of(column: u32) -> u32 { return owner[max(column, p.shared_columns) - p.shared_columns]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let local = t / p.lanes;
  if (local >= p.rows) { return; }
  let row = p.first_row + local;
  let hit = target_column[row];
  let s = state[row];
  var kept = vec2f(select(LOW, 0.0, PAIRWISE == 1u), 0.0);
  if (p.first_column > 0u) { kept = partials[t]; }
  for (var quad = t % p.lanes; 4u * quad < p.columns; quad += p.lanes) {
    let column = p.first_column + 4u * quad + vec4u(0u, 1u, 2u, 3u);
    var left_out = (column >= vec4u(p.first_column + p.columns)) | (column == vec4u(hit));
    if (column.w >= p.shared_columns) {
      let who = vec4u(owner_of(column.x), owner_of(column.y), owner_of(column.z), owner_of(column.w));
      left_out |= (column >= vec4u(p.shared_columns)) & (who != vec4u(row));
    }
    let score = s.w * logits[local * (p.stride / 4u) + quad];
    if (PAIRWISE == 1u) {
      let x = score - s.z;
      // softplus and sigmoid without overflow
      let e = exp(-abs(x));
      let loss = select(max(x, vec4f()) + log(1.0 + e), vec4f(), left_out);
      let pull = select(select(e, vec4f(1.0), x > vec4f()) / (1.0 + e), vec4f(), left_out);
      kept += vec2f(dot(loss, vec4f(1.0)), dot(pull, vec4f(1.0)));
    } else if (!all(left_out)) {
      let x = select(score, vec4f(LOW), left_out);
      let top = max(max(x.x, x.y), max(x.z, x.w));
      if (top > kept.x) { kept = vec2f(top, kept.y * exp(kept.x - top)); }
      kept.y += dot(exp(x - kept.x), vec4f(1.0));
    }
  }
  partials[t] = kept;
}
