import { expect, it } from 'vitest';
import { CURATED_MODELS } from './curatedModels';
import { ortProblem } from './ortRoom';

function configOf(id: string) {
  return CURATED_MODELS.find((model) => model.id === id)!.config;
}

/** A device that binds this many bytes. */
function gpu(bytes: number) {
  return {
    name: 'webgpu',
    device: { limits: { maxBufferSize: bytes, maxStorageBufferBindingSize: bytes } } as GPUDevice,
  } as const;
}

it('accepts what WebAssembly has room for', () => {
  const wasm = { name: 'wasm' } as const;
  for (const id of ['wordnet-1m', 'HuggingFaceTB/SmolLM2-360M', 'Qwen/Qwen3-0.6B'])
    expect(ortProblem(configOf(id), wasm)).toBeNull();
  expect(ortProblem(configOf('TinyLlama/TinyLlama-1.1B-Chat-v1.0'), wasm)).toMatch(/4400 MB in f32.* 4 GiB/);
});

it('accepts what a device can bind, and no more', () => {
  const config = configOf('Qwen/Qwen3-0.6B');
  const largest = 4 * config.vocabulary * config.hidden;
  expect(ortProblem(config, gpu(largest))).toBeNull();
  expect(ortProblem(config, gpu(largest - 4))).toMatch(/largest tensor takes 622 MB in f32; this device binds 622 MB/);
});
