// Barcode index, first of three passes: the attention that a row pays to H₁, the first half of its sequence's
// items:
//   mass[i, head] = Σ_{k ∈ H₁} A_ik for the rows that see all of H₁, else 0;  A_ij = exp(q_i·k_j·scale − lse_i), 0 beyond the window.
//   qkv: [rows, (heads + 2·kv_heads)·hd], lse, mass: [rows, heads];
//   Prelude: src/engine/decoder/attention.ts.  One thread per (row, head).
struct Params { rows: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
// #include "sinks/parts/sequences.wgsl"
@group(0) @binding(5) var<storage, read_write> mass: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.rows * p.heads) { return; }
  let row = t / p.heads;
  let head = t % p.heads;
  let span = spans[sites[row] / 4u];
  var sum = 0.0;
  if (row >= span.z) {
    let stride = (p.heads + 2u * p.kv_heads) * HD;
    let k_head = (p.heads + head / (p.heads / p.kv_heads)) * HD;
    let q = load_qkv(row * stride + head * HD);
    for (var j = first_key(span.x, row, p.window); j <= span.z; j++) {
      if (sites[j] % 4u == 2u) { sum += exp(dot_head(q, load_qkv(j * stride + k_head)) * p.scale - lse[t]); }
    }
  }
  mass[t] = sum;
}
