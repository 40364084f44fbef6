// KARMA's L_act of one row: Σ over its other columns of softplus(score − z), z the target's score.
// A row keeps (Σ softplus(score − z), Σ σ(score − z)).
alias Kept = vec2f;

fn begin(z: f32) -> Kept { return Kept(); }

fn nothing() -> Kept { return Kept(); }

fn accumulate(kept: Kept, score: vec4f, left_out: vec4<bool>, z: f32) -> Kept {
  let x = score - z;
  // softplus and sigmoid without overflow
  let e = exp(-abs(x));
  let loss = select(max(x, vec4f()) + log(1.0 + e), vec4f(), left_out);
  let pull = select(select(e, vec4f(1.0), x > vec4f()) / (1.0 + e), vec4f(), left_out);
  return kept + vec2f(dot(loss, vec4f(1.0)), dot(pull, vec4f(1.0)));
}

fn join(a: Kept, b: Kept, z: f32) -> Kept { return a + b; }

fn value(row: Row) -> f32 { return row.kept.x; }

fn target_slope(row: Row) -> f32 { return -row.kept.y; }

fn other_slopes(row: Row, score: vec4f) -> vec4f {
  let e = exp(-abs(score - row.z));
  return select(e, vec4f(1.0), score > vec4f(row.z)) / (1.0 + e);
}
