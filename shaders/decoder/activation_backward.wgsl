// Gradient of an activation, in place of its input: with s = sigmoid(inner(x)), dx = dy·s·(1 + x·(1 −
// s)·inner′(x)).
//   x, dy: [count] vectors.  Prelude: src/engine/decoder/mlp.ts.  One thread per vector.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> x: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.count) { return; }
  let at = x[i];
  let s = 1.0 / divisor(at);
  x[i] = dy[i] * s * (1.0 + at * (1.0 - s) * inner_slope(at));
}
