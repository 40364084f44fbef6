// Gradients with respect to k and v (FlashAttention-2, arXiv 2307.08691), parallel over keys, hence without
// atomics:
//   dv_j = Σ_{i ≥ j} p_ij do_i,   dk_j = scale·Σ_{i ≥ j} p_ij·(do_i·v_j − D_i) q_i, summed over the query heads of a key head.
//   qkv, dqkv: [rows, (heads + 2·kv_heads)·hd]; d_o: [rows, heads·hd]; lse, delta: [rows, heads].
//   Prelude: src/engine/decoder/attention.ts.  One thread per row and key head.
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows_info: array<vec4u>;
@group(0) @binding(2) var<storage, read> qkv: array<V>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> delta: array<f32>;
@group(0) @binding(5) var<storage, read> d_o: array<V>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<V>;

struct Key { row: u32, end: u32, k: Head, v: Head, dk: Head, dv: Head }
struct Query { row: u32, hidden: vec2u, lse: f32, delta: f32, q: Head, g: Head }

fn key_at(row: u32, kv: u32) -> u32 { return (row * (p.heads + 2u * p.kv_heads) + p.heads + kv) * HD; }

fn key(row: u32, kv: u32) -> Key {
  let at = key_at(row, kv);
  return Key(row, past_query(rows_info[row].y, row, p.window), load_qkv(at), load_qkv(at + p.kv_heads * HD), Head(), Head());
}

fn attended(key: ptr<function, Key>, query: Query) {
  let seen = query.row >= (*key).row && query.row < (*key).end && !hides(query.hidden, (*key).row);
  let w = select(0.0, exp(dot_head(query.q, (*key).k) * p.scale - query.lse), seen);
  let ds = w * (dot_head(query.g, (*key).v) - query.delta) * p.scale;
  (*key).dv = add_scaled((*key).dv, w, query.g);
  (*key).dk = add_scaled((*key).dk, ds, query.q);
}

fn finish(key: Key, kv: u32) {
  let at = key_at(key.row, kv);
  store_dqkv(at, key.dk);
  store_dqkv(at + p.kv_heads * HD, key.dv);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.kv_heads) { return; }
  let row = t / p.kv_heads;
  let kv = t % p.kv_heads;
  let group = p.heads / p.kv_heads;
  var a = key(row, kv);
  for (var i = row; i < a.end; i++) {
    for (var head = kv * group; head < (kv + 1u) * group; head++) {
      let at = i * p.heads + head;
      let q = load_qkv((i * (p.heads + 2u * p.kv_heads) + head) * HD);
      attended(&a, Query(i, hidden_keys(rows_info[i]), lse[at], delta[at], q, load_d_o(at * HD)));
    }
  }
  finish(a, kv);
}
