// A loss of one row over its scores, whichever kernel works on it. losses/{loss}/row.wgsl says
//   Kept             what a row keeps of the columns so far: vec2f or vec4f
//   begin(z)         Kept of the target alone, z its score
//   nothing()        Kept of no column at all
//   accumulate(kept, score, left_out, z)   Kept with four more columns; the target is never among them
//   join(a, b, z)    Kept of both
//   value(row)       the row's loss · target_slope(row), other_slopes(row, score)  its derivatives by the scores
struct Row {
  kept: Kept,
  // Score of the target, and what products are multiplied by to be scores.
  z: f32, scale: f32,
}

// #include "losses/{loss}/row.wgsl"
