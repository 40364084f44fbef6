// LoRA's B matrices, each laid out in its place and scaled: those of projections that share an input
// block-diagonally, so that one product serves them all.
//   blocks[to + n·row_step + c·column_step] = scale·parameters[from + n·columns + c] for every n < rows and c < columns of every matrix
//   matrices: [*, 6] (from, rows, columns, to, row_step, column_step).  One row of workgroups per matrix.
struct Params { scale: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> matrices: array<u32>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> blocks: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = 6u * id.y;
  let columns = matrices[at + 2u];
  let count = matrices[at + 1u] * columns;
  for (var i = id.x; i < count; i += groups.x * 64u) {
    let n = i / columns;
    let c = i - n * columns;
    blocks[matrices[at + 3u] + n * matrices[at + 4u] + c * matrices[at + 5u]] = p.scale * parameters[matrices[at] + i];
  }
}
