// Pairwise loss, backward, in place on the same run of rows: logits become the gradient of weight·Σ loss:
//   weight·scale·σ(score_j − score_target) for a negative, −weight·scale·Σ_j σ(…) for the target, 0 where hidden.
//   Bindings and prelude as in pairwise_state.  One thread a logit; those past `columns` become 0.
struct Params { first_row: u32, rows: u32, columns: u32, stride: u32, weight: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> target_column: array<u32>;
@group(0) @binding(2) var<storage, read> owner: array<u32>;
@group(0) @binding(3) var<storage, read> log_scale: array<f32>;
@group(0) @binding(4) var<storage, read> state: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> logits: array<f32>;

const ANY = 0xffffffffu;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.stride) { return; }
  let row = p.first_row + i / p.stride;
  let c = i % p.stride;
  if (c >= p.columns) { logits[i] = 0.0; return; }
  let scale = select(1.0, exp(log_scale[0]), SCALED == 1u);
  let s = state[row];
  if (c == target_column[row]) {
    logits[i] = -p.weight * scale * s.y;
    return;
  }
  let who = owner[c];
  if (who != ANY && who != row) { logits[i] = 0.0; return; }
  let x = scale * logits[i] - s.z;
  let e = exp(-abs(x));
  logits[i] = p.weight * scale * select(e, 1.0, x > 0.0) / (1.0 + e);
}
