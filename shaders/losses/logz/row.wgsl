// The z-loss of one row: the square of maximum + log Σ exp(score − maximum) over its columns, the target's
// among them; a row keeps what a softmax does.
// #include "losses/softmax/kept.wgsl"

fn log_sum(row: Row) -> f32 { return row.kept.x + log(row.kept.y); }

fn value(row: Row) -> f32 { return log_sum(row) * log_sum(row); }

fn target_slope(row: Row) -> f32 { return 2.0 * log_sum(row) * exp(row.z - row.kept.x) / row.kept.y; }

fn other_slopes(row: Row, score: vec4f) -> vec4f { return 2.0 * log_sum(row) * exp(score - row.kept.x) / row.kept.y; }
