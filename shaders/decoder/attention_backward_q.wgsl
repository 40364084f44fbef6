// Gradient with respect to q (FlashAttention-2, arXiv 2307.08691, algorithm 2), parallel over queries:
//   D_i = Σ_c do_ic·o_ic,   p_ij = exp(q_i·k_j·scale − lse_i),   ds_ij = p_ij·(do_i·v_j − D_i),   dq_i = scale·Σ_j ds_ij k_j
// D is kept for the kernel over keys.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; o, d_o: [rows, heads·hd]; lse, delta: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.  One thread ROWS (1, 2 or 4) neighbouring rows of one head.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> o: array<V>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> d_o: array<V>;
@group(0) @binding(6) var<storage, read_write> delta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<V>;

struct Query { row: u32, start: u32, hidden: u32, lse: f32, delta: f32, q: Head, g: Head, dq: Head }

fn query(row: u32, head: u32) -> Query {
  let r = min(row, p.rows - 1u);
  let info = rows_info[r];
  let at = r * p.heads + head;
  let q = load_qkv((r * (p.heads + 2u * p.kv_heads) + head) * HD);
  let g = load_d_o(at * HD);
  return Query(r, first_key(info.x, r, p.window), info.w, lse[at], dot_head(g, load_o(at * HD)), q, g, Head());
}

fn attend(query: ptr<function, Query>, j: u32, k: Head, v: Head) {
  let seen = j >= (*query).start && j <= (*query).row && j != (*query).hidden;
  let w = select(0.0, exp(dot_head((*query).q, k) * p.scale - (*query).lse), seen);
  let ds = w * (dot_head((*query).g, v) - (*query).delta) * p.scale;
  (*query).dq = add_scaled((*query).dq, ds, k);
}

fn finish(query: Query, head: u32) {
  delta[query.row * p.heads + head] = query.delta;
  store_dqkv((query.row * (p.heads + 2u * p.kv_heads) + head) * HD, query.dq);
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
