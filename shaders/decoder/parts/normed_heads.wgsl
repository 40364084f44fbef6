// Head t of all query and key heads of fused q,k,v rows, counted row by row.
struct Params { rows: u32, heads: u32, kv_heads: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gains: array<V>;

// Vectors before it in the fused rows.
fn head_at(t: u32) -> u32 {
  let normed = p.heads + p.kv_heads;
  return (t / normed * (normed + p.kv_heads) + t % normed) * D;
}

// Vectors before its gains; those of queries come first.
fn gain_of(t: u32) -> u32 { return select(0u, D, t % (p.heads + p.kv_heads) >= p.heads); }
