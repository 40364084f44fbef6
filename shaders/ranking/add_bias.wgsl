// scores[row, item] += bias[item].  scores: [rows, stride]; bias: [items, padded to whole quads]. One thread
// per quad of a row.
struct Params { rows: u32, items: u32, stride: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bias: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  let quads = (p.items + 3u) / 4u;
  if (thread >= p.rows * quads) { return; }
  let quad = thread % quads;
  scores[(thread / quads) * (p.stride / 4u) + quad] += bias[quad];
}
