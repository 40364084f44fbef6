// The best items for each user. Two passes of one kernel:
//   collect = 0: found[user, lane] = best key among the items lane, lane + lanes, lane + 2·lanes, …; (0, 0) where all are masked.
//   collect = 1: found[user, 0 …] = every key above the user's bar, in no particular order; sizes[user] counts them, including any that do not fit.
//   A key (x = ~item, y = score as an ordered integer) is larger for a higher score and, at equal scores, for the lower item: no two are
//   equal, so lists do not depend on the order of threads.
//   scores: [users, stride] of users first_user …; by user: bars, found: [*, lanes], sizes (zero at the start);
//   masked: item lists of all users, ascending; user u's is masked[mask_start[u]] … before mask_start[u + 1].
//   One thread per user and lane, four items at a time.
struct Params { first_user: u32, users: u32, items: u32, stride: u32, lanes: u32, collect: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var<storage, read> mask_start: array<u32>;
@group(0) @binding(3) var<storage, read> masked: array<u32>;
@group(0) @binding(4) var<storage, read> bars: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> found: array<vec2u>;
@group(0) @binding(6) var<storage, read_write> sizes: array<atomic<u32>>;

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

// Four items at once: usually they can be ruled out together. A loop, because written out the search of a
// list is most of what there is to compile.
fn consider_four(user: u32, scores: vec4f, item: vec4u, bar: Best) -> Best {
  if (!any(scores >= vec4f(bar.score))) { return bar; }
  var best = bar;
  for (var i = 0u; i < 4u; i++) { best = consider(user, scores[i], item[i], best); }
  return best;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x;
  if (id.y >= p.users || lane >= p.lanes) { return; }
  let user = p.first_user + id.y;
  let row = id.y * p.stride;
  var best = Best(LOWEST, 0u);
  if (p.collect == 1u) { best = best_of(bars[user]); }
  for (var at = lane; at < p.items; at += 4u * p.lanes) {
    let item = at + p.lanes * vec4u(0u, 1u, 2u, 3u);
    let place = row + min(item, vec4u(p.items - 1u));
    best = consider_four(user, vec4f(scores[place.x], scores[place.y], scores[place.z], scores[place.w]), item, best);
  }
  if (p.collect == 0u) { found[user * p.lanes + lane] = key_of(best); }
}
