// What all three passes read about the rows of a block and the sequences that they belong to:
//   sites: [rows], 4·sequence + (0 no item, 1 item, 2 item of H₁);
//   spans: [sequences] of (first row, row after the last, last row of H₁, items);
//   qkv: [rows, (heads + 2·kv_heads)·hd], lse: [rows, heads].
@group(0) @binding(1) var<storage, read> sites: array<u32>;
@group(0) @binding(2) var<storage, read> spans: array<vec4u>;
@group(0) @binding(3) var<storage, read> qkv: array<V>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;

// Less total attention to H₁ than this counts as none.
const NO_MASS = 1.0e-9;
