// Column sums over a list of rows: out[at + c] += Σ_{i<count} x[index[first + i], c]. Gradients of biases and
// trainable vectors.
//   x: [*, width], out: flat
struct Params { first: u32, count: u32, width: u32, at: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= p.width) { return; }
  var sum = 0.0;
  for (var i = 0u; i < p.count; i++) { sum += x[index[p.first + i] * p.width + c]; }
  out[p.at + c] += sum;
}
