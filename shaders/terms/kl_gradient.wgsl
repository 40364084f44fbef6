// KL(base‖arm) of a row's softmaxes, b = softmax(base) and a = softmax(scores), second sweep: scores become
// weight·w_row·(a − b), the gradient,
// 0 past `columns`; each lane keeps its part of Σ b·(d + exp(−d) − 1), d = ln b − ln a, which is the KL
// divergence, as Σ b = Σ a, without a
// negative summand.
//   base, scores: [rows, stride]; state: as kl_state leaves it; row_weight and parts [*, lanes]: by row, of which those from first_row on are meant.  One thread per lane.
struct Params { first_row: u32, rows: u32, columns: u32, stride: u32, lanes: u32, weight: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> base: array<vec4f>;
@group(0) @binding(2) var<storage, read> state: array<vec2f>;
@group(0) @binding(3) var<storage, read> row_weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> parts: array<f32>;

// d + exp(−d) − 1, by its series where the sum would cancel.
fn excess(d: vec4f) -> vec4f {
  let series = d * d * (0.5 - d * (1.0 / 6.0 - d * (1.0 / 24.0 - d * (1.0 / 120.0))));
  return select(d + exp(-d) - 1.0, series, abs(d) < vec4f(0.1));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / p.lanes;
  if (row >= p.rows) { return; }
  let size = p.weight * row_weight[p.first_row + row];
  var sum = 0.0;
  for (var quad = t % p.lanes; 4u * quad < p.stride; quad += p.lanes) {
    let at = row * (p.stride / 4u) + quad;
    let beyond = 4u * quad + vec4u(0u, 1u, 2u, 3u) >= vec4u(p.columns);
    let log_b = select(base[at] - state[row].x, vec4f(), beyond);
    let log_a = select(scores[at] - state[row].y, vec4f(), beyond);
    let b = exp(log_b);
    let d = log_b - log_a;
    // Where b·exp(−d) might be 0·∞ it is a: for a large negative d the summand is b·(d − 1) + a.
    let part = select(b * excess(d), b * (d - 1.0) + exp(log_a), d < vec4f(-20.0));
    sum += dot(select(part, vec4f(), beyond), vec4f(1.0));
    scores[at] = select(size * (exp(log_a) - b), vec4f(), beyond);
  }
  parts[p.first_row * p.lanes + t] = sum;
}
