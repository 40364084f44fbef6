// x[index[i]] += share[mean[i]] · d_mean[mean[i]]: the gradient of means over listed rows; a row is listed
// once in a call, so there are no races.
//   x: [*, d], d_mean: [means, d], index, mean: [rows], share: [means], 1 / (rows of the mean).  Prelude: V, D = d / W.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> mean: array<u32>;
@group(0) @binding(3) var<storage, read> share: array<f32>;
@group(0) @binding(4) var<storage, read> d_mean: array<V>;
@group(0) @binding(5) var<storage, read_write> x: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * D) { return; }
  let row = i / D;
  x[index[row] * D + i % D] += share[mean[row]] * d_mean[mean[row] * D + i % D];
}
