// L_exp, item by item: what the slopes of `exposed_rows` add to the gradient of each item's embedding,
// de_column += Σ slope·h_row.
//   h: [rows, depth], de: [columns, depth], in quads. touched = (column, first entry, entries, –); entry = (row, place of its slope).
//   One thread per quad of a touched column.
struct Params { columns: u32, quads: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> touched: array<vec4u>;
@group(0) @binding(2) var<storage, read> entry: array<vec2u>;
@group(0) @binding(3) var<storage, read> slope: array<f32>;
@group(0) @binding(4) var<storage, read> h: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> de: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let at = t / p.quads;
  if (at >= p.columns) { return; }
  let quad = t % p.quads;
  let place = touched[at];
  var sum = vec4f();
  for (var i = place.y; i < place.y + place.z; i++) { sum += slope[entry[i].y] * h[entry[i].x * p.quads + quad]; }
  de[place.x * p.quads + quad] += sum;
}
