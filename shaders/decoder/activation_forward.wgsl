// The activation of an MLP without a gate: y = act(x), act(x) = x·sigmoid(inner(x)).
//   x, y: [count] vectors.  Prelude: src/engine/decoder/mlp.ts.  One thread per vector.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.count) { return; }
  y[i] = x[i] / divisor(x[i]);
}
