/** ONNX Runtime's WebAssembly as served and bundled by Vite; for browsers only. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';

export const ORT_WASM_URL = wasmUrl;
