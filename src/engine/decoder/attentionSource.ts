/** WGSL that all kernels over attention share: which keys a row sees. */

/**
 * Row i sees keys from i − window + 1 on. A window of 0 means none: 0 − 1 wraps around to the largest number.
 */
export const WINDOW = `
fn first_key(start: u32, row: u32, window: u32) -> u32 { return max(start, row - min(row, window - 1u)); }
fn past_query(end: u32, key: u32, window: u32) -> u32 { return min(end, key + min(end, window - 1u) + 1u); }`;

/** The keys that a row hides, as `PackedRows.info` has them: the first one and the one after the last. */
export const HIDDEN = `
fn hidden_keys(info: vec4u) -> vec2u { let first = info.x + (info.w & 0xffffu); return vec2u(first, first + (info.w >> 16u)); }
fn hides(hidden: vec2u, key: u32) -> bool { return key >= hidden.x && key < hidden.y; }`;
