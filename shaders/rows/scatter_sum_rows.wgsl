// out[row[s]] += Σ_{start[s] ≤ i < start[s+1]} x[order[i]]: the gradient of a gather with repeated indices,
// without atomics. Rows are distinct.
//   x: [*, d], out: [*, d], row: [segments], start: [segments + 1].  Prelude: V, D = d / W.
struct Params { segments: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> row: array<u32>;
@group(0) @binding(2) var<storage, read> start: array<u32>;
@group(0) @binding(3) var<storage, read> order: array<u32>;
@group(0) @binding(4) var<storage, read> x: array<V>;
@group(0) @binding(5) var<storage, read_write> out: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.segments * D) { return; }
  let s = i / D;
  let c = i % D;
  var sum = V();
  for (var j = start[s]; j < start[s + 1u]; j++) { sum += x[order[j] * D + c]; }
  out[row[s] * D + c] += sum;
}
