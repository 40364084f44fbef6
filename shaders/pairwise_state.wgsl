// Pairwise loss (KARMA's L_act) for a run of rows: Σ_j softplus(score_j − score_target) over the columns visible to the row.
//   state[row] = (Σ loss, Σ_j σ(score_j − score_target), target score);  score and owner as in softmax_state.
//   logits: [rows, stride] of rows first_row…, the first `columns` of each.   Prelude: SCALED.  One thread a row.
struct Params { first_row: u32, rows: u32, columns: u32, stride: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> target_column: array<u32>;
@group(0) @binding(3) var<storage, read> owner: array<u32>;
@group(0) @binding(4) var<storage, read> log_scale: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<vec4f>;

const ANY = 0xffffffffu;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let local = id.x + id.y * groups.x * 16u;
  if (local >= p.rows) { return; }
  let row = p.first_row + local;
  let scale = select(1.0, exp(log_scale[0]), SCALED == 1u);
  let hit = target_column[row];
  let bar = scale * logits[local * p.stride + hit];
  var loss = 0.0;
  var pull = 0.0;
  for (var c = 0u; c < p.columns; c++) {
    let who = owner[c];
    if (c == hit || (who != ANY && who != row)) { continue; }
    let x = scale * logits[local * p.stride + c] - bar;
    // softplus and sigmoid without overflow
    let e = exp(-abs(x));
    loss += max(x, 0.0) + log(1.0 + e);
    pull += select(e, 1.0, x > 0.0) / (1.0 + e);
  }
  state[row] = vec4f(loss, pull, bar, 0.0);
}
