// The attention that every position receives from its sequence, second of three passes:  received[k, head] =
// (α, c, s, 0),
//   α = (1/(T−k+1))·Σ_{i≥k} A_ik, k from 1: importance (Gu et al., ICLR 2025, arXiv 2410.10781)
//   c = Σ_i Ã_ik and s = Σ_i Ã_ik² over the rows i that see all of H₁, Ã_ik = A_ik / mass_i, for k ∈ H₁, else 0 (barcode index).
// Heads in which α exceeds the threshold are counted for each row, layer after layer, with integers, so that
// the order does not matter.
//   mass: [rows, heads] of sink_row_mass; sink_heads: [rows], zero at the start; the rest and the prelude as there.  One thread per (row, head).
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, threshold: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
// #include "sinks/parts/sequences.wgsl"
@group(0) @binding(5) var<storage, read> mass: array<f32>;
@group(0) @binding(6) var<storage, read_write> received: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> sink_heads: array<atomic<u32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.heads) { return; }
  let key = t / p.heads;
  let head = t % p.heads;
  let span = spans[sites[key] / 4u];
  let in_half = sites[key] % 4u == 2u;
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let k = load_qkv(key * stride + (p.heads + head / (p.heads / p.kv_heads)) * HD);
  var sum = 0.0;
  var column = 0.0;
  var squares = 0.0;
  for (var i = key; i < past_query(span.y, key, p.window); i++) {
    let weight = exp(dot_head(load_qkv(i * stride + head * HD), k) * p.scale - lse[i * p.heads + head]);
    sum += weight;
    if (in_half && i >= span.z && mass[i * p.heads + head] > NO_MASS) {
      let share = weight / mass[i * p.heads + head];
      column += share;
      squares += share * share;
    }
  }
  let alpha = sum / f32(span.y - key);
  received[t] = vec4f(alpha, column, squares, 0.0);
  if (alpha > p.threshold) { atomicAdd(&sink_heads[key], 1u); }
}
