// out[to] = (1 / count) · Σ_{i < count} x[index[first + i]] + again · x[index[first + count − 1]]: the mean
// of some rows, and the last of them again;
// 0 for no rows.  span = (first, count, to, –), one per mean; rows are D vectors V. One thread per vector of
// a mean.
struct Params { spans: u32, again: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> span: array<vec4u>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read> x: array<V>;
@group(0) @binding(4) var<storage, read_write> out: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.spans * D) { return; }
  let place = span[thread / D];
  let column = thread % D;
  var sum = V(0);
  var last = V(0);
  for (var i = 0u; i < place.y; i++) {
    last = x[index[place.x + i] * D + column];
    sum += last;
  }
  out[place.z * D + column] = sum / f32(max(place.y, 1u)) + params.again * last;
}
