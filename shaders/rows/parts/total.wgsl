// The sum of one number from each of a workgroup's 64 threads, added in their order. Lane 0 gets it.
var<workgroup> shares: array<f32, 64>;

fn total_of(lane: u32, own: f32) -> f32 {
  shares[lane] = own;
  workgroupBarrier();
  var total = 0.0;
  if (lane == 0u) { for (var i = 0u; i < 64u; i++) { total += shares[i]; } }
  return total;
}
