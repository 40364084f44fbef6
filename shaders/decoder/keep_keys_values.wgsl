// kept[first + places[i]] = keys and values of row i, for rows that come later to attend to.
//   qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, places: [rows], kept: [*, 2·kv_heads·hd].
//   Prelude: V, HD = hd / W.  One thread per vector that is kept.
struct Params { rows: u32, heads: u32, kv_heads: u32, first: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read_write> kept: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = 2u * p.kv_heads * HD;
  if (i >= p.rows * width) { return; }
  let row = i / width;
  let c = i % width;
  kept[(p.first + places[row]) * width + c] = qkv[row * (p.heads * HD + width) + p.heads * HD + c];
}
