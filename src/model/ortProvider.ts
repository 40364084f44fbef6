/** Where ONNX Runtime computes. */

/**
 * `webgpu` runs on the given device, which remains ours: it survives `release`, and gpu-buffer outputs live
 * on it.
 */
export type OrtProvider = { readonly name: 'wasm' } | { readonly name: 'webgpu'; readonly device: GPUDevice };
