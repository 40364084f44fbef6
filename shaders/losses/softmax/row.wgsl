// Cross-entropy of one row: maximum + log Σ exp(score − maximum) − z, z the target's score.
// #include "losses/softmax/kept.wgsl"

fn value(row: Row) -> f32 { return row.kept.x + log(row.kept.y) - row.z; }

fn target_slope(row: Row) -> f32 { return exp(row.z - row.kept.x) / row.kept.y - 1.0; }

fn other_slopes(row: Row, score: vec4f) -> vec4f { return exp(score - row.kept.x) / row.kept.y; }
