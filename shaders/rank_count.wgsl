// Rank of each user's target in the whole catalogue, fused with scoring: how many items score above it, how many the same.
// Scores are never stored. Items of the user's masked set and the target itself do not count.
//   h: [users, d], e: [items, d], targets: [users], masked: [users, words] bits, counts: [users, 2] (above, equal), zero at the start.
//   Prelude: V, D = d / W.  One thread: one user × a run of `run` items; counts add up through atomics on integers,
//   so the result does not depend on their order.
struct Params { users: u32, items: u32, words: u32, run: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<V>;
@group(0) @binding(2) var<storage, read> e: array<V>;
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read> masked: array<u32>;
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;

fn score(user: u32, item: u32) -> f32 {
  var s = 0.0;
  for (var c = 0u; c < D; c++) { s += dot(h[user * D + c], e[item * D + c]); }
  return s;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let user = id.x;
  let first = id.y * p.run;
  if (user >= p.users || first >= p.items) { return; }
  let hit = targets[user];
  // The same function scores the target and its rivals, so equal embeddings give equal scores to the last bit.
  let bar = score(user, hit);
  var above = 0u;
  var equal = 0u;
  for (var item = first; item < min(first + p.run, p.items); item++) {
    let hidden = (masked[user * p.words + item / 32u] >> (item % 32u)) & 1u;
    if (item == hit || hidden == 1u) { continue; }
    let s = score(user, item);
    above += u32(s > bar);
    equal += u32(s == bar);
  }
  atomicAdd(&counts[2u * user], above);
  atomicAdd(&counts[2u * user + 1u], equal);
}
