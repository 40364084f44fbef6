/**
 * The parity certificate of a loaded model, from ONNX Runtime and our engine, and a sample of the text that
 * it generates.
 */
import { BaseModel } from '../../engine/decoder/baseModel';
import type { Gpu } from '../../gpu/device';
import { compareLogits, referenceLogits } from '../../model/certificate';
import type { LoadedModel } from '../../model/loadedModel';
import { generate } from '../../model/generate';
import { ortProblem } from '../../model/ortRoom';
import { inEnglish } from '../../words/words';
import type { OrtProvider } from '../../model/ortProvider';
import { openDecoder } from '../../model/ortSession';
import type { Certification } from '../../record/runRecord';

const PROMPT = 'red wine: a wine having a red color. kind of red wine:';
const CONTINUATION_TOKENS = 12;

/**
 * ONNX Runtime on our own device, if there is one; on a software adapter its WebAssembly provider is some
 * fifty times faster.
 */
export function ortProvider(gpu: Gpu | null): OrtProvider {
  return gpu === null || gpu.adapter.fallback || gpu.adapter.runtime === 'node'
    ? { name: 'wasm' }
    : { name: 'webgpu', device: gpu.device };
}

/** Tokens of the prompt on which a model is compared. */
export function promptIds({ config, tokenizer }: LoadedModel): number[] {
  return [config.bosId, ...tokenizer.encode(PROMPT)];
}

/**
 * Compares logits on a fixed prompt and lets ONNX Runtime continue it greedily, unless it cannot hold the
 * model here.
 */
export async function certifyModel(gpu: Gpu, model: LoadedModel): Promise<Certification> {
  const provider = ortProvider(gpu);
  const uncertified = inEnglish(() => ortProblem(model.config, provider));
  if (uncertified !== null) return { certificate: null, uncertified };
  const ids = promptIds(model);
  const base = await BaseModel.create(gpu, model, { capacity: ids.length });
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, provider);
  try {
    const ours = await base.logits(ids);
    const theirs = await referenceLogits(decoder, ids);
    const continuation = await generate(decoder, { ids }, { maxTokens: CONTINUATION_TOKENS });
    const compared = compareLogits(ours, theirs, decoder.provider, ids.length);
    return { certificate: { ...compared, prompt: PROMPT, continuation: model.tokenizer.decode(continuation) } };
  } finally {
    base.destroy();
    await decoder.release();
  }
}
