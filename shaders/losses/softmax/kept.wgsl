// What a row of a softmax keeps of its columns, with the online softmax of arXiv 1805.02867.
// A row keeps (maximum, Σ exp(score − maximum)) over the columns so far; before the first column it is (LOW,
// 0).
alias Kept = vec2f;

const LOW = -3.0e38;

fn begin(z: f32) -> Kept { return Kept(z, 1.0); }

fn nothing() -> Kept { return Kept(LOW, 0.0); }

fn accumulate(so_far: Kept, score: vec4f, left_out: vec4<bool>, z: f32) -> Kept {
  if (all(left_out)) { return so_far; }
  var kept = so_far;
  let x = select(score, vec4f(LOW), left_out);
  let top = max(max(x.x, x.y), max(x.z, x.w));
  if (top > kept.x) { kept = Kept(top, kept.y * exp(kept.x - top)); }
  kept.y += dot(exp(x - kept.x), vec4f(1.0));
  return kept;
}

fn join(a: Kept, b: Kept, z: f32) -> Kept {
  let top = max(a.x, b.x);
  return Kept(top, a.y * exp(a.x - top) + b.y * exp(b.x - top));
}
