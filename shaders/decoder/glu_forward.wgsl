// Gated linear unit (Shazeer, arXiv 2002.05202): y = act(gate)·up, with gate and up side by side in one row;
// act(x) = x·sigmoid(inner(x)).
//   gate_up: [rows, 2·width], y: [rows, width], width in vectors.  Prelude: src/engine/decoder/mlp.ts.  One thread per vector.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gate_up: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.width) { return; }
  let at = i + i / p.width * p.width;
  let gate = gate_up[at];
  y[i] = gate / divisor(gate) * gate_up[at + p.width];
}
