// Input rows of the decoder: x[i] = one row of the vocabulary embedding, of the dense rows, or of the
// trainable vectors.
//   source[i] = kind << 30 | index;  kind 0: vocabulary [V, d], stored in some format, times scale, of which rows first, …, first + count − 1 are bound, and others are left · 1: dense [R, d] (item tokens, soft tokens) · 2: learned [3, d] · 3: dense + learned[0]
// Prelude: V (vector of W floats), D = d / W, STORED (an element of the stored vocabulary), vocabulary_at(i),
// its i-th V.   x: [rows, d]
struct Params { rows: u32, scale: f32, first: u32, count: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> vocabulary: array<STORED>;
@group(0) @binding(3) var<storage, read> dense: array<V>;
@group(0) @binding(4) var<storage, read> learned: array<V>;
@group(0) @binding(5) var<storage, read_write> x: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * D) { return; }
  let row = i / D;
  let column = i % D;
  let kind = source[row] >> 30u;
  let index = source[row] & 0x3fffffffu;
  let at = index * D + column;
  switch kind {
    case 0u: {
      // A row before the first is far after the last: unsigned numbers wrap around.
      let bound = index - p.first;
      if (bound < p.count) { x[i] = p.scale * vocabulary_at(bound * D + column); }
    }
    case 1u: { x[i] = dense[at]; }
    case 2u: { x[i] = learned[at]; }
    default: { x[i] = dense[at] + learned[column]; }
  }
}
