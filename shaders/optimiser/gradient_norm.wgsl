// ‖g‖₂ = √Σ part, written to out[slot].   part: [PARTS].  Prelude: PARTS.  One workgroup.
struct Params { slot: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// #include "rows/parts/total.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < PARTS; i += 64u) { sum += part[i]; }
  let total = total_of(lane, sum);
  if (lane == 0u) { out[p.slot] = sqrt(total); }
}
