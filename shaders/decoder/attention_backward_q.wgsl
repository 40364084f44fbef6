// Gradient with respect to q (FlashAttention-2, arXiv 2307.08691, algorithm 2), parallel over queries:
//   D_i = Σ_c do_ic·o_ic,   p_ij = exp(q_i·k_j·scale − lse_i),   ds_ij = p_ij·(do_i·v_j − D_i),   dq_i = scale·Σ_j ds_ij k_j
// D is kept for the kernel over keys.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; o, d_o: [rows, heads·hd]; lse, delta: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> o: array<V>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> d_o: array<V>;
@group(0) @binding(6) var<storage, read_write> delta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<V>;

struct Query { row: u32, start: u32, hidden: vec2u, lse: f32, delta: f32, q: Head, g: Head, dq: Head }

fn query(row: u32, head: u32) -> Query {
  let info = rows_info[row];
  let at = row * p.heads + head;
  let q = load_qkv((row * (p.heads + 2u * p.kv_heads) + head) * HD);
  let g = load_d_o(at * HD);
  return Query(row, first_key(info.x, row, p.window), hidden_keys(info), lse[at], dot_head(g, load_o(at * HD)), q, g, Head());
}

fn attend(query: ptr<function, Query>, j: u32, k: Head, v: Head) {
  let seen = sees(query, j);
  let w = select(0.0, exp(dot_head((*query).q, k) * p.scale - (*query).lse), seen);
  let ds = w * (dot_head((*query).g, v) - (*query).delta) * p.scale;
  (*query).dq = add_scaled((*query).dq, ds, k);
}

fn finish(query: Query, head: u32) {
  delta[query.row * p.heads + head] = query.delta;
  store_dqkv((query.row * (p.heads + 2u * p.kv_heads) + head) * HD, query.dq);
}

// #include "decoder/attention/over_queries.wgsl"
