// x[index[i]] += rows_in[i]; an index occurs at most once in a call, so there are no races.
//   x: [*, d], rows_in: [rows, d].  Prelude: V, D = d / W.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> rows_in: array<V>;
@group(0) @binding(3) var<storage, read_write> x: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * D) { return; }
  x[index[i / D] * D + i % D] += rows_in[i];
}
