// Learned positions: x[row] += table[position of the row].
//   x: [rows, d], rows_info: [rows] of (start, end, position, hidden keys), table: [positions, d].  Prelude: V, D = d / W.  One thread per vector.
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> table: array<V>;
@group(0) @binding(3) var<storage, read_write> x: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * D) { return; }
  x[i] += table[rows_info[i / D].z * D + i % D];
}
