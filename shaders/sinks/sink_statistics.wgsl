// Sink statistics of whole sequences, last of three passes: statistics[layer, sequence, head] =
//   (largest α of an item, α of the first position, barcode index, entropy of the [EMB] row over the items / log n, largest α in H₁)
// with the definitions of docs/metrics.md. [EMB] is the last row of a sequence. Without attention to items,
// index and entropy are 1.
//   received, mass: as sink_received and sink_row_mass leave them; the rest and the prelude as there.  One thread per (sequence, head).
struct Params { sequences: u32, layer: u32, heads: u32, kv_heads: u32, scale: f32, window: u32 }
@group(0) @binding(0) var<uniform> p: Params;
// #include "sinks/parts/sequences.wgsl"
@group(0) @binding(5) var<storage, read> mass: array<f32>;
@group(0) @binding(6) var<storage, read> received: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> statistics: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 32u;
  if (t >= p.sequences * p.heads) { return; }
  let span = spans[t / p.heads];
  let head = t % p.heads;
  let emb = span.y - 1u;
  let stride = (p.heads + 2u * p.kv_heads) * HD;
  let k_head = (p.heads + head / (p.heads / p.kv_heads)) * HD;
  let q = load_qkv(emb * stride + head * HD);
  var largest = 0.0;
  var largest_in_half = 0.0;
  var stripes = 0.0;
  var squares = 0.0;
  var seeing = 0.0;
  var on_items = 0.0;
  var information = 0.0;
  for (var row = span.x; row < span.y; row++) {
    let kind = sites[row] % 4u;
    if (row >= span.z && mass[row * p.heads + head] > NO_MASS) { seeing += 1.0; }
    if (kind == 0u) { continue; }
    let got = received[row * p.heads + head];
    largest = max(largest, got.x);
    if (kind == 2u) { largest_in_half = max(largest_in_half, got.x); }
    stripes += got.y * got.y;
    squares += got.z;
    if (row < first_key(span.x, emb, p.window)) { continue; }
    let logit = dot_head(q, load_qkv(row * stride + k_head)) * p.scale - lse[emb * p.heads + head];
    let weight = exp(logit);
    on_items += weight;
    // weight·log(weight), which is 0 if the weight is 0.
    if (weight > 0.0) { information += weight * logit; }
  }
  var barcode = 1.0;
  if (seeing > 0.0) { barcode = stripes / seeing / squares; }
  var entropy = 1.0;
  if (span.w > 1u && on_items > NO_MASS) { entropy = (log(on_items) - information / on_items) / log(f32(span.w)); }
  let first = received[span.x * p.heads + head].x;
  let at = 5u * (p.layer * p.sequences * p.heads + t);
  statistics[at] = largest;
  statistics[at + 1u] = first;
  statistics[at + 2u] = barcode;
  statistics[at + 3u] = entropy;
  statistics[at + 4u] = largest_in_half;
}
