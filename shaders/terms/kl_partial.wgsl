// Softmax of two models' scores of the same rows, first sweep: (maximum, Σ exp(score − maximum)) of the
// base's and of the arm's over every
// lanes-th quad of columns, with the online softmax of arXiv 1805.02867.
//   base, scores: [rows, stride], of which `columns` are real; partials: [rows, lanes].  One thread per lane.
struct Params { rows: u32, columns: u32, stride: u32, lanes: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> base: array<vec4f>;
@group(0) @binding(2) var<storage, read> scores: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;

const LOW = -3.0e38;

fn with_quad(so_far: vec2f, x: vec4f) -> vec2f {
  let top = max(so_far.x, max(max(x.x, x.y), max(x.z, x.w)));
  return vec2f(top, so_far.y * exp(so_far.x - top) + dot(exp(x - top), vec4f(1.0)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / p.lanes;
  if (row >= p.rows) { return; }
  var of_base = vec2f(LOW, 0.0);
  var of_arm = vec2f(LOW, 0.0);
  for (var quad = t % p.lanes; 4u * quad < p.columns; quad += p.lanes) {
    let at = row * (p.stride / 4u) + quad;
    let beyond = 4u * quad + vec4u(0u, 1u, 2u, 3u) >= vec4u(p.columns);
    of_base = with_quad(of_base, select(base[at], vec4f(LOW), beyond));
    of_arm = with_quad(of_arm, select(scores[at], vec4f(LOW), beyond));
  }
  partials[t] = vec4f(of_base, of_arm);
}
