// Fused cross-entropy, forward, for a run of rows whose scores over all columns are at hand:
//   state[row] = (maximum, Σ exp(score − maximum), target score); only this and one run of rows of logits are ever stored
//   (idea: Liger Kernel, arXiv 2410.10989; online softmax, arXiv 1805.02867).
//   score = exp(log_scale)·logit when SCALED, else logit. A column whose owner is neither ANY nor this row is left out (MASKED).
//   logits: [rows, stride] of rows first_row…, the first `columns` of each; target_column, state: indexed by row.   Prelude: SCALED, MASKED (0 or 1).
//   One thread a row.
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
  var top = -3.0e38;
  var sum = 0.0;
  for (var c = 0u; c < p.columns; c++) {
    if (MASKED == 1u) {
      let who = owner[c];
      if (who != ANY && who != row) { continue; }
    }
    let score = scale * logits[local * p.stride + c];
    if (score > top) {
      sum *= exp(top - score);
      top = score;
    }
    sum += exp(score - top);
  }
  state[row] = vec4f(top, sum, scale * logits[local * p.stride + target_column[row]], 0.0);
}
