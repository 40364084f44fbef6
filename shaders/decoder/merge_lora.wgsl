// An arm's LoRA merged into the weights that it adapts.
//   out[n, k] = w[n, k] + Σ_r block[r, n]·a[r, k]
//   w, out: [outputs, d], block: [rank, outputs], a: [rank, d].  Prelude: V, vectors of d; columns = vectors in a row.
//   One thread per four rows and one vector.
struct Params { outputs: u32, columns: u32, rank: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<V>;
@group(0) @binding(2) var<storage, read> block: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<V>;
@group(0) @binding(4) var<storage, read_write> out: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let quad = t / p.columns;
  let column = t - quad * p.columns;
  if (4u * quad >= p.outputs) { return; }
  let row = min(4u * quad + vec4u(0u, 1u, 2u, 3u), vec4u(p.outputs - 1u));
  let at = row * p.columns + column;
  var sum0 = w[at.x];
  var sum1 = w[at.y];
  var sum2 = w[at.z];
  var sum3 = w[at.w];
  for (var r = 0u; r < p.rank; r++) {
    let x = a[r * p.columns + column];
    let b = r * p.outputs + row;
    sum0 += block[b.x] * x;
    sum1 += block[b.y] * x;
    sum2 += block[b.z] * x;
    sum3 += block[b.w] * x;
  }
  // Rows past the last one are the last one again.
  out[at.x] = sum0;
  if (at.y != at.x) { out[at.y] = sum1; }
  if (at.z != at.y) { out[at.z] = sum2; }
  if (at.w != at.z) { out[at.w] = sum3; }
}
