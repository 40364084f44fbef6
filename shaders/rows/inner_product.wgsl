// out[slot] += factor·Σ_i x[i]·y[i / repeat]: each y counts for `repeat` neighbouring x.
//   x: [count], y: [count / repeat].  One workgroup.
struct Params { count: u32, repeat: u32, slot: u32, factor: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// #include "rows/parts/total.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < p.count; i += 64u) { sum += x[i] * y[i / p.repeat]; }
  let total = total_of(lane, sum);
  if (lane == 0u) { out[p.slot] += p.factor * total; }
}
