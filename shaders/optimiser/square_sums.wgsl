// Partial sums of squares of the flat gradient: part[g] = Σ over every PARTS-th entry from g on.  Finished by
// gradient_norm.
//   x: [count], part: [PARTS].  Prelude: PARTS.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= PARTS) { return; }
  var sum = 0.0;
  for (var i = id.x; i < p.count; i += PARTS) { sum += x[i] * x[i]; }
  part[id.x] = sum;
}
