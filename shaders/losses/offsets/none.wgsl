// Scores are products alone.
fn offsets_of(quad: u32) -> vec4f { return vec4f(); }
