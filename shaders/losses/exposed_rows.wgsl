// L_exp, prediction by prediction: x = scale·h_row·(e_item − e_target) + offset of each pair of a row with an
// item; of these the sum of
//   weight·softplus(x), the slopes weight·scale·σ(x), and what they add to the gradient of h_row.
//   h, dh: [rows, depth], e: [columns, depth], in quads. span = (first pair, pairs, target's column, –) of each row; pair = (item's column, offset as bits).
//   slope: of each pair, then of each row's target, the sum with the other sign; loss: by row. scale = exp(log_scale) where `scaled`, else 1. One thread per row.
struct Params { rows: u32, pairs: u32, quads: u32, scaled: u32, weight: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;
@group(0) @binding(2) var<storage, read> e: array<vec4f>;
@group(0) @binding(3) var<storage, read> span: array<vec4u>;
@group(0) @binding(4) var<storage, read> pair: array<vec2u>;
@group(0) @binding(5) var<storage, read> log_scale: array<f32>;
@group(0) @binding(6) var<storage, read_write> slope: array<f32>;
@group(0) @binding(7) var<storage, read_write> loss: array<f32>;
@group(0) @binding(8) var<storage, read_write> dh: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= p.rows) { return; }
  let place = span[row];
  var scale = 1.0;
  if (p.scaled == 1u) { scale = exp(log_scale[0]); }
  let mine = row * p.quads;
  let hit = place.z * p.quads;
  var sum = 0.0;
  var pull = 0.0;
  for (var i = place.x; i < place.x + place.y; i++) {
    let other = pair[i].x * p.quads;
    var product = 0.0;
    for (var c = 0u; c < p.quads; c++) { product += dot(h[mine + c], e[other + c] - e[hit + c]); }
    let x = scale * product + bitcast<f32>(pair[i].y);
    // softplus and sigmoid without overflow
    let t = exp(-abs(x));
    sum += max(x, 0.0) + log(1.0 + t);
    let g = p.weight * scale * select(t, 1.0, x > 0.0) / (1.0 + t);
    slope[i] = g;
    pull += g;
    for (var c = 0u; c < p.quads; c++) { dh[mine + c] += g * (e[other + c] - e[hit + c]); }
  }
  slope[p.pairs + row] = -pull;
  loss[row] = p.weight * sum;
}
