// LoRA's B matrices of projections that share an input, laid out block-diagonally and scaled, so that one product serves them all.
//   block[(first_row + n)·stride + first_column + c] = scale·b[n·columns + c]
//   b: [rows, columns], block: [*, stride].
struct Params { rows: u32, columns: u32, first_row: u32, first_column: u32, stride: u32, scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> block: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.columns) { return; }
  block[(p.first_row + i / p.columns) * p.stride + p.first_column + i % p.columns] = p.scale * b[i];
}
