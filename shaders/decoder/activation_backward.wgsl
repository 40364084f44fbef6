// Gradient of an activation: with s = sigmoid(inner(x)), dx = dy·s·(1 + x·(1 − s)·inner′(x)).
//   x, dy, dx: [count] vectors.  Prelude: src/engine/decoder/mlp.ts.  One thread per vector.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read> dy: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.count) { return; }
  let s = 1.0 / divisor(x[i]);
  dx[i] = dy[i] * s * (1.0 + x[i] * (1.0 - s) * inner_slope(x[i]));
}
