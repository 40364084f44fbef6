// One thread per ROWS (1, 2 or 4) neighbouring rows of one head, over the keys that any of them sees; each key and value is read once for all of
// them. The kernel defines
//   Query                    a row, with `row`, `start` (its first key) and `hidden` (keys that it does not see) among its members
//   query(row, head)         its initial value
//   attend(query, j, k, v)   key j and its value, whether the row sees it or not
//   finish(query, head)      writes the result
fn sees(query: ptr<function, Query>, j: u32) -> bool {
  return j >= (*query).start && j <= (*query).row && !hides((*query).hidden, j);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= (p.rows + ROWS - 1u) / ROWS * p.heads) { return; }
  // Neighbouring threads handle heads of the same rows, so their loops have the same length.
  let row = t / p.heads * ROWS;
  let head = t % p.heads;
  let kv = head / (p.heads / p.kv_heads);
  var a = query(row, head);
  var b = query(row + 1u, head);
  var c = query(row + 2u, head);
  var d = query(row + 3u, head);
  var first = a.start;
  if (ROWS > 1u) { first = min(first, b.start); }
  if (ROWS > 2u) { first = min(first, min(c.start, d.start)); }
  let last = min(row + ROWS, p.rows);
  for (var j = first; j < last; j++) {
    let k_at = (j * (p.heads + 2u * p.kv_heads) + p.heads + kv) * HD;
    let k = load_qkv(k_at);
    let v = load_qkv(k_at + p.kv_heads * HD);
    attend(&a, j, k, v);
    if (ROWS > 1u) { attend(&b, j, k, v); }
    if (ROWS > 2u) { attend(&c, j, k, v); attend(&d, j, k, v); }
  }
  finish(a, head);
  if (ROWS > 1u) { finish(b, head); }
  if (ROWS > 2u) { finish(c, head); finish(d, head); }
}
