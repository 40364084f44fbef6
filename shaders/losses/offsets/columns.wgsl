// A number per column is added to its scores, the same in every row.  offset: [columns, padded to whole
// quads].
@group(0) @binding(7) var<storage, read> offset: array<vec4f>;

fn offsets_of(quad: u32) -> vec4f { return offset[quad]; }
