/** ONNX Runtime's WebAssembly as Vite serves and bundles it; for browsers only. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';

export const ORT_WASM_URL = wasmUrl;
