// Gradient of the learned log-scale: score = exp(log_scale)·h·e, so ∂L/∂log_scale = Σ_ij G_ij·score_ij = Σ_i h_i·dh_i,
// dh being the action loss's gradient before anything else is added to it. The sum is added to out[0].
//   h, dh: [count] flat, out: [1].  One workgroup.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<f32>;
@group(0) @binding(2) var<storage, read> dh: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// #include "rows/parts/total.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < p.count; i += 64u) { sum += h[i] * dh[i]; }
  let total = total_of(lane, sum);
  if (lane == 0u) { out[0] += total; }
}
