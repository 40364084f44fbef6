/**
 * V8 would optimise ONNX Runtime's 27 MB of WebAssembly again in each test's worker: a sixth of the CPU time
 * of a run there.
 */
export const LIFTOFF = '--js-flags=--liftoff-only';
