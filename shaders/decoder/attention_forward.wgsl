// Causal grouped-query attention over packed sequences with an online softmax (FlashAttention, arXiv
// 2205.14135):
//   o_i = Σ_{first ≤ j ≤ i} softmax_j(q_i·k_j · scale) v_j,   lse_i = log Σ_j exp(q_i·k_j · scale)
// first: the start of the sequence or of the window, whichever comes later; a window of 0 means none. Keys j
// of row i are left out where that row hides them. A row that sees no key gets o = 0 and lse = −3e38.
//   qkv: [rows, (heads + 2·kv_heads)·hd] after RoPE, o: [rows, heads·hd], lse: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read_write> o: array<V>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

struct Query {
  row: u32, start: u32, hidden: vec2u, q: Head,
  // Over the keys so far: the largest score, Σ exp(score − top), Σ exp(score − top)·v.
  top: f32, sum: f32, acc: Head,
}

fn query(row: u32, head: u32) -> Query {
  let info = rows_info[row];
  let q = load_qkv((row * (p.heads + 2u * p.kv_heads) + head) * HD);
  return Query(row, first_key(info.x, row, p.window), hidden_keys(info), q, -3.0e38, 0.0, Head());
}

fn attend(query: ptr<function, Query>, j: u32, k: Head, v: Head) {
  let seen = sees(query, j);
  let score = select(-3.0e38, dot_head((*query).q, k) * p.scale, seen);
  let top = max((*query).top, score);
  let shrink = exp((*query).top - top);
  let w = select(0.0, exp(score - top), seen);
  (*query).top = top;
  (*query).sum = (*query).sum * shrink + w;
  (*query).acc = add_scaled(scaled((*query).acc, shrink), w, v);
}

fn finish(query: Query, head: u32) {
  // The largest score contributes 1: a smaller sum means a row without keys.
  let sum = max(query.sum, 1.0);
  store_o((query.row * p.heads + head) * HD, scaled(query.acc, 1.0 / sum));
  lse[query.row * p.heads + head] = query.top + log(sum);
}

// #include "decoder/attention/over_queries.wgsl"
