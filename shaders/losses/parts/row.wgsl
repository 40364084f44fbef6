// A loss of one row over its scores, for every kernel that works on it. losses/{loss}/row.wgsl defines
//   Kept             what a row keeps of the columns so far: vec2f or vec4f
//   begin(z)         Kept of the target alone; z is its score
//   nothing()        Kept of no columns
//   accumulate(kept, score, left_out, z)   Kept with four more columns; the target is never among them
//   join(a, b, z)    Kept of both
//   value(row)       the row's loss · target_slope(row), other_slopes(row, score)  its derivatives with respect to the scores
struct Row {
  kept: Kept,
  // Score of the target, and the factor that turns products into scores.
  z: f32, scale: f32,
}

// #include "losses/{loss}/row.wgsl"
