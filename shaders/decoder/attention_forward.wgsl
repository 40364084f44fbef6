// Causal grouped-query attention over packed sequences with an online softmax (FlashAttention, arXiv 2205.14135):
//   o_i = Σ_{first ≤ j ≤ i} softmax_j(q_i·k_j · scale) v_j,   lse_i = log Σ_j exp(q_i·k_j · scale)
// first: the start of the sequence or of the window, whichever comes later; a window of 0 is none. Key j of row i is left out when j is that row's hidden key. A row without any key gets o = 0 and lse = −3e38.
//   qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, o: [rows, heads·hd], lse: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.  One thread ROWS (1, 2 or 4) neighbouring rows of one head: each key and value is read once for all of them.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read_write> o: array<V>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

struct Query {
  row: u32, start: u32, hidden: u32, q: Head,
  // Over the keys so far: the largest score, Σ exp(score − top), Σ exp(score − top)·v.
  top: f32, sum: f32, acc: Head,
}

fn query(row: u32, head: u32) -> Query {
  let r = min(row, p.rows - 1u);
  let info = rows_info[r];
  let q = load_qkv((r * (p.heads + 2u * p.kv_heads) + head) * HD);
  return Query(r, first_key(info.x, r, p.window), info.w, q, -3.0e38, 0.0, Head());
}

fn attend(query: ptr<function, Query>, j: u32, k: Head, v: Head) {
  let seen = j >= (*query).start && j <= (*query).row && j != (*query).hidden;
  let score = select(-3.0e38, dot_head((*query).q, k) * p.scale, seen);
  let top = max((*query).top, score);
  let shrink = exp((*query).top - top);
  let w = select(0.0, exp(score - top), seen);
  (*query).top = top;
  (*query).sum = (*query).sum * shrink + w;
  (*query).acc = add_scaled(scaled((*query).acc, shrink), w, v);
}

fn finish(query: Query, head: u32) {
  // The largest score contributes 1: less is a row without keys.
  let sum = max(query.sum, 1.0);
  store_o((query.row * p.heads + head) * HD, scaled(query.acc, 1.0 / sum));
  lse[query.row * p.heads + head] = query.top + log(sum);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= (p.rows + ROWS - 1u) / ROWS * p.heads) { return; }
  // Neighbouring threads are heads of the same rows: their loops are of one length.
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
