// One thread per row and head. The kernel defines
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
  if (t >= p.rows * p.heads) { return; }
  // Neighbouring threads handle heads of the same row, so their loops have the same length.
  let row = t / p.heads;
  let head = t % p.heads;
  let kv = head / (p.heads / p.kv_heads);
  var a = query(row, head);
  for (var j = a.start; j <= row; j++) {
    let k_at = (j * (p.heads + 2u * p.kv_heads) + p.heads + kv) * HD;
    let k = load_qkv(k_at);
    let v = load_qkv(k_at + p.kv_heads * HD);
    attend(&a, j, k, v);
  }
  finish(a, head);
}
