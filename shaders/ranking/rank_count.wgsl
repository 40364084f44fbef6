// Rank of each user's target in the whole catalogue: how many items score above it, and how many equal. The
// target itself and the items of the user's
// own list do not count.
//   scores: [users, stride] of users first_user …; by user: targets, counts: [*, 2] (above, equal), zero at the start;
//   masked: item lists of all users, ascending; user u's is masked[mask_start[u]] … before mask_start[u + 1].
//   One thread per user and `run` consecutive items, four at a time; counts are added by integer atomics, so the result does not depend on their order.
struct Params { first_user: u32, users: u32, items: u32, stride: u32, run: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> mask_start: array<u32>;
@group(0) @binding(4) var<storage, read> masked: array<u32>;
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;

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

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = id.y * p.run;
  if (id.x >= p.users || first >= p.items) { return; }
  let user = p.first_user + id.x;
  let row = id.x * (p.stride / 4u);
  let hit = targets[user];
  let bar = vec4f(scores[row + hit / 4u][hit % 4u]);
  var cursor = cursor_from(user, first);
  var found = vec2u();
  let end = min(first + p.run, p.items);
  for (var at = first; at < end; at += 4u) {
    let item = at + vec4u(0u, 1u, 2u, 3u);
    let score = scores[row + at / 4u];
    var left_out = (item >= vec4u(p.items)) | (item == vec4u(hit));
    while (cursor.item <= item.w) {
      left_out |= item == vec4u(cursor.item);
      cursor = cursor_at(user, cursor.at + 1u);
    }
    let counted = select(vec4u(1u), vec4u(), left_out);
    found += vec2u(
      dot(counted, select(vec4u(), vec4u(1u), score > bar)),
      dot(counted, select(vec4u(), vec4u(1u), score == bar)),
    );
  }
  atomicAdd(&counts[2u * user], found.x);
  atomicAdd(&counts[2u * user + 1u], found.y);
}
