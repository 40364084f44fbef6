// One number from the rows' states, added to out[slot]: Σ row_weight·loss.
//   state, row_weight: [rows].  Part: loss.  One workgroup.
struct Params { rows: u32, slot: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> state: array<Row>;
@group(0) @binding(2) var<storage, read> row_weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// #include "losses/parts/row.wgsl"
// #include "rows/parts/total.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var row = lane; row < p.rows; row += 64u) { sum += row_weight[row] * value(state[row]); }
  let total = total_of(lane, sum);
  if (lane == 0u) { out[p.slot] += total; }
}
