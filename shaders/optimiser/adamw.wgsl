// AdamW (Loshchilov & Hutter, arXiv 1711.05101) over the flat parameter buffer, with global-norm clipping.
//   g' = g·min(1, clip/(norm + 1e-6)) when clip > 0;  p ← p·(1 − lr·wd) for the first `decayed` entries;
//   m ← β1 m + (1−β1) g';  v ← β2 v + (1−β2) g'²;  p ← p − lr·(m/correction1) / (√(v/correction2) + ε)
//   parameters, gradients, m, v: [count]; report[norm_slot] = ‖g‖.  A non-finite norm leaves everything unchanged.
struct Params {
  count: u32, decayed: u32, rate: f32, decay: f32, beta1: f32, beta2: f32, epsilon: f32,
  correction1: f32, correction2: f32, clip: f32, norm_slot: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> report: array<f32>;
@group(0) @binding(3) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> m: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.count) { return; }
  let norm = report[p.norm_slot];
  // Written so that NaN fails too: WGSL compilers may assume that there are no NaNs, but they keep a
  // comparison of magnitudes.
  if (!(norm < 3.0e38)) { return; }
  var g = gradients[i];
  if (p.clip > 0.0) { g *= min(1.0, p.clip / (norm + 1.0e-6)); }
  var w = parameters[i];
  if (i < p.decayed) { w -= p.rate * p.decay * w; }
  let m1 = p.beta1 * m[i] + (1.0 - p.beta1) * g;
  let v1 = p.beta2 * v[i] + (1.0 - p.beta2) * g * g;
  m[i] = m1;
  v[i] = v1;
  parameters[i] = w - p.rate * (m1 / p.correction1) / (sqrt(v1 / p.correction2) + p.epsilon);
}
