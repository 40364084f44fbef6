// The best items for each user, fused with scoring; scores of the whole catalogue are never stored. Two passes of one kernel:
//   collect = 0: found[user, lane] = best key among the items lane, lane + lanes, lane + 2·lanes, …; (0, 0) where all are masked.
//   collect = 1: found[user, 0 …] = every key above the user's bar, in no particular order; sizes[user] counts them, including any that do not fit.
//   A key (x = ~item, y = score as an ordered integer) is larger for a higher score and, at equal scores, for the lower item: no two are
//   equal, so lists do not depend on the order of threads. Both passes score with the same instructions.
//   h: [users, d], e: [items, d], bars: [users], found: [users, lanes], sizes: [users] (zero at the start);
//   masked: item lists of all users, ascending; user u's is masked[mask_start[u]] … before mask_start[u + 1].
//   Prelude: V, D = d / W, score_block.  One thread per four users and one lane, four items at a time.
struct Params { users: u32, items: u32, lanes: u32, collect: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<V>;
@group(0) @binding(2) var<storage, read> e: array<V>;
@group(0) @binding(3) var<storage, read> mask_start: array<u32>;
@group(0) @binding(4) var<storage, read> masked: array<u32>;
@group(0) @binding(5) var<storage, read> bars: array<vec2u>;
@group(0) @binding(6) var<storage, read_write> found: array<vec2u>;
@group(0) @binding(7) var<storage, read_write> sizes: array<atomic<u32>>;

const LOWEST = -3.4028234e38;

// A score and ~item; inverted is 0 if there is no item.
struct Best { score: f32, inverted: u32 }

fn key_of(best: Best) -> vec2u {
  if (best.inverted == 0u) { return vec2u(); }
  // -0 equals 0.
  let bits = bitcast<u32>(select(best.score, 0.0, best.score == 0.0));
  return vec2u(best.inverted, select(bits | 0x80000000u, ~bits, bits >= 0x80000000u));
}

fn best_of(key: vec2u) -> Best {
  if (key.y == 0u) { return Best(LOWEST, 0u); }
  if (key.y == 0xffffffffu) { return Best(-LOWEST, key.x); }
  return Best(bitcast<f32>(select(~key.y, key.y & 0x7fffffffu, key.y >= 0x80000000u)), key.x);
}

fn is_masked(user: u32, item: u32) -> bool {
  var low = mask_start[user];
  let end = mask_start[user + 1u];
  var high = end;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (masked[middle] < item) { low = middle + 1u; } else { high = middle; }
  }
  return low < end && masked[low] == item;
}

// Considers an item for a user; returns the best so far, or the bar.
fn consider(user: u32, score: f32, item: u32, bar: Best) -> Best {
  let beaten = score > bar.score || (score == bar.score && ~item > bar.inverted);
  if (!beaten || item >= p.items || is_masked(user, item)) { return bar; }
  let found_here = Best(score, ~item);
  if (p.collect == 0u) { return found_here; }
  let slot = atomicAdd(&sizes[user], 1u);
  if (slot < p.lanes) { found[user * p.lanes + slot] = key_of(found_here); }
  return bar;
}

// Four items at once: usually they can be ruled out together. A loop, because written out 16 times the search of a list is most of what there is to compile.
fn consider_four(user: u32, scores: vec4f, item: vec4u, bar: Best) -> Best {
  if (!any(scores >= vec4f(bar.score))) { return bar; }
  var best = bar;
  for (var i = 0u; i < 4u; i++) { best = consider(user, scores[i], item[i], best); }
  return best;
}

fn start(user: u32) -> Best {
  if (user >= p.users) { return Best(-LOWEST, 0xffffffffu); }
  if (p.collect == 1u) { return best_of(bars[user]); }
  return Best(LOWEST, 0u);
}

fn leave(user: u32, lane: u32, best: Best) {
  if (user < p.users && p.collect == 0u) { found[user * p.lanes + lane] = key_of(best); }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.y;
  let first = 4u * id.x;
  if (first >= p.users || lane >= p.lanes) { return; }
  let user = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.users - 1u));
  var best0 = start(first);
  var best1 = start(first + 1u);
  var best2 = start(first + 2u);
  var best3 = start(first + 3u);
  for (var at = lane; at < p.items; at += 4u * p.lanes) {
    let item = at + p.lanes * vec4u(0u, 1u, 2u, 3u);
    let scores = score_block(user, min(item, vec4u(p.items - 1u)));
    best0 = consider_four(user.x, scores[0], item, best0);
    best1 = consider_four(user.y, scores[1], item, best1);
    best2 = consider_four(user.z, scores[2], item, best2);
    best3 = consider_four(user.w, scores[3], item, best3);
  }
  leave(first, lane, best0);
  leave(first + 1u, lane, best1);
  leave(first + 2u, lane, best2);
  leave(first + 3u, lane, best3);
}
