// Gradient of a gated linear unit, in place of its input: with s = sigmoid(inner(gate)),
//   dgate = dy·up·s·(1 + gate·(1 − s)·inner′(gate)),   dup = dy·gate·s.
//   gate_up: [rows, 2·width], dy: [rows, width], width in vectors.  Prelude: src/engine/decoder/mlp.ts.  One thread per vector of each half.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> gate_up: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.rows * p.width) { return; }
  let at = i + i / p.width * p.width;
  let gate = gate_up[at];
  let s = 1.0 / divisor(gate);
  gate_up[at] = dy[i] * gate_up[at + p.width] * s * (1.0 + gate * (1.0 - s) * inner_slope(gate));
  gate_up[at + p.width] = dy[i] * gate * s;
}
