// Rank of each user's target in the whole catalogue, fused with scoring: how many items score above it, and how many equal.
// Scores are never stored. The target itself and the items of the user's own list do not count.
//   h: [users, d], e: [items, d], targets: [users], counts: [users, 2] (above, equal), zero at the start;
//   masked: item lists of all users, ascending; user u's is masked[mask_start[u]] … before mask_start[u + 1].
//   Prelude: V, D = d / W, score_block.  One thread per four users and `run` consecutive items, four at a time; counts are added by integer atomics, so
//   the result does not depend on their order.
struct Params { users: u32, items: u32, run: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<V>;
@group(0) @binding(2) var<storage, read> e: array<V>;
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read> mask_start: array<u32>;
@group(0) @binding(5) var<storage, read> masked: array<u32>;
@group(0) @binding(6) var<storage, read_write> counts: array<atomic<u32>>;

const END = 0xffffffffu;

// Place in a user's list, and the item there.
struct Cursor { at: u32, item: u32 }

fn cursor_at(user: u32, at: u32) -> Cursor {
  if (at >= mask_start[user + 1u]) { return Cursor(at, END); }
  return Cursor(at, masked[at]);
}

fn cursor_from(user: u32, first: u32) -> Cursor {
  var cursor = cursor_at(user, mask_start[user]);
  while (cursor.item < first) { cursor = cursor_at(user, cursor.at + 1u); }
  return cursor;
}

// (above, equal) among four neighbouring items.
fn compare(user: u32, hit: u32, scores: vec4f, bar: f32, item: vec4u, cursor: ptr<function, Cursor>) -> vec2u {
  var left_out = (item >= vec4u(p.items)) | (item == vec4u(hit));
  while ((*cursor).item <= item.w) {
    left_out |= item == vec4u((*cursor).item);
    *cursor = cursor_at(user, (*cursor).at + 1u);
  }
  let counted = select(vec4u(1u), vec4u(), left_out);
  return vec2u(
    dot(counted, select(vec4u(), vec4u(1u), scores > vec4f(bar))),
    dot(counted, select(vec4u(), vec4u(1u), scores == vec4f(bar))),
  );
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = id.y * p.run;
  if (4u * id.x >= p.users || first >= p.items) { return; }
  let user = min(4u * id.x + vec4u(0u, 1u, 2u, 3u), vec4u(p.users - 1u));
  let hit = vec4u(targets[user.x], targets[user.y], targets[user.z], targets[user.w]);
  var cursor0 = cursor_from(user.x, first);
  var cursor1 = cursor_from(user.y, first);
  var cursor2 = cursor_from(user.z, first);
  var cursor3 = cursor_from(user.w, first);
  var bar: vec4f;
  var found0 = vec2u();
  var found1 = vec2u();
  var found2 = vec2u();
  var found3 = vec2u();
  // The first iteration scores the targets with the same instructions as their rivals, so that equal embeddings tie to the last bit.
  let turns = 1u + (min(p.run, p.items - first) + 3u) / 4u;
  for (var turn = 0u; turn < turns; turn++) {
    var item = hit;
    if (turn > 0u) { item = first + 4u * (turn - 1u) + vec4u(0u, 1u, 2u, 3u); }
    let scores = score_block(user, min(item, vec4u(p.items - 1u)));
    if (turn == 0u) {
      bar = vec4f(scores[0].x, scores[1].y, scores[2].z, scores[3].w);
    } else {
      found0 += compare(user.x, hit.x, scores[0], bar.x, item, &cursor0);
      found1 += compare(user.y, hit.y, scores[1], bar.y, item, &cursor1);
      found2 += compare(user.z, hit.z, scores[2], bar.z, item, &cursor2);
      found3 += compare(user.w, hit.w, scores[3], bar.w, item, &cursor3);
    }
  }
  add(4u * id.x, found0);
  add(4u * id.x + 1u, found1);
  add(4u * id.x + 2u, found2);
  add(4u * id.x + 3u, found3);
}

fn add(user: u32, found: vec2u) {
  if (user >= p.users) { return; }
  atomicAdd(&counts[2u * user], found.x);
  atomicAdd(&counts[2u * user + 1u], found.y);
}
