/** Which models ONNX Runtime can hold here, in float32, in which it computes. */
import { deviceMemory, largestBuffer } from '../gpu/deviceRoom';
import { megabytes } from '../record/memoryPlan';
import type { DecoderConfig } from './decoderConfig';
import { decoderTensors, parameterCount } from './decoderTensors';
import type { OrtProvider } from './ortProvider';
import { elementCount } from './safetensors';
import { t } from '../words/words';

/** Bytes of weights: WebAssembly's memory is limited to 4 GiB, and activations need some of it. */
const MOST_IN_WASM = 3 * 2 ** 30;

/**
 * Why a model cannot be compared with ONNX Runtime here, as a sentence in the active language; null if it
 * can.
 */
export function ortProblem(config: DecoderConfig, provider: OrtProvider): string | null {
  const bytes = 4 * parameterCount(config);
  const size = megabytes(bytes);
  if (provider.name === 'wasm') {
    return bytes <= MOST_IN_WASM
      ? null
      : t('Its weights take {size} in f32, more than ONNX Runtime can hold in WebAssembly’s 4 GiB.', { size });
  }
  const most = largestBuffer(provider.device.limits);
  const largest = Math.max(...decoderTensors(config).map(([, shape]) => 4 * elementCount(shape)));
  if (largest > most) {
    return t('Its largest tensor takes {size} in f32; this device binds {most}.', {
      size: megabytes(largest),
      most: megabytes(most),
    });
  }
  // Both sides of the comparison hold them.
  const memory = deviceMemory();
  if (memory === null || 2 * bytes <= memory) return null;
  return t('Its weights take {size} in f32; a comparison with ONNX Runtime needs them twice, and this machine has {memory}.', {
    size,
    memory: megabytes(memory),
  });
}
