/**
 * A part of onnxRuntime.worker.ts: features and text, both on our GPUDevice against WebAssembly, and what
 * they leave behind.
 */
import { RowMeans } from '../../src/engine/rows/rowMeans';
import type { Gpu } from '../../src/gpu/device';
import { startWatching } from '../../src/gpu/bufferWatch';
import { featureTokens, ortFeatures } from '../../src/model/features';
import type { LoadedModel } from '../../src/model/loadedModel';
import type { OrtProvider } from '../../src/model/ortProvider';
import { openDecoder } from '../../src/model/ortSession';
import type { TextPart } from '../../src/record/generation';
import { runSpecSchema } from '../../src/recipe/runSpec';
import { TextService } from '../../src/runtime/services/texts';
import { randomArm } from '../../src/testing/randomArm';
import { watchSessions } from '../../src/testing/sessionCount';

const TEXTS = ['red wine: a wine', 'teacup: a small cup for tea with a handle', 'boot', 'a cheese of cow’s milk'];

export async function checkTexts(gpu: Gpu, model: LoadedModel): Promise<Record<string, unknown>> {
  const report: Record<string, unknown> = {};
  const { device } = gpu;
  const sessions = watchSessions();
  const { watch: buffers, stop } = startWatching(device);
  const errors: string[] = [];
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
  const wasm: OrtProvider = { name: 'wasm' };
  const webgpu: OrtProvider = { name: 'webgpu', device };

  const rows = featureTokens(model, TEXTS);
  const features = async (provider: OrtProvider, pool: RowMeans | null): Promise<Float32Array> => {
    const outputsOn = pool === null ? 'cpu' : 'gpu-buffer';
    const decoder = await openDecoder(model, { input: 'ids', outputs: ['hidden_states'], cache: false, outputsOn }, provider);
    const means = await ortFeatures(decoder, pool)(rows, () => undefined);
    await decoder.release();
    pool?.destroy();
    return means;
  };
  const readBefore = buffers.readable;
  const means = await features(webgpu, RowMeans.create(gpu, model.config.hidden));
  report['bytes read for features'] = buffers.readable - readBefore;
  report['bytes of hidden states'] = 4 * model.config.hidden * rows.length * Math.max(...rows.map(({ length }) => length));
  report['bytes of means'] = means.byteLength;
  report['largest difference of features'] = largestDifference(means, await features(wasm, null));

  const arms = ['action', 'karma'].map((id) => randomArm(model.config, id));
  const told: Record<string, string>[] = [];
  for (const provider of [wasm, webgpu]) {
    const said: Record<string, string> = {};
    const spec = runSpecSchema.parse({ version: 1 });
    const history = () => Promise.reject(new Error('no history is asked for'));
    const texts = new TextService(() => Promise.resolve({ model, provider, spec, arms, history }));
    const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };
    const request = { prompt: { kind: 'text', text: TEXTS[0]! }, maxTokens: 3, sampling } as const;
    const { signal } = new AbortController();
    const tell = (part: TextPart): void => {
      if (part.type === 'grown') said[part.speaker] = part.text;
    };
    await texts.speak({ request, spec }, { signal, tell }).catch((error: unknown) => errors.push(String(error)));
    await texts.release();
    told.push(said);
  }
  report.told = told;
  report['buffers left'] = buffers.open;
  report['sessions created'] = sessions.created();
  report['sessions left'] = sessions.open();
  report['GPU errors'] = errors;
  stop();
  return report;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), a.length === b.length ? 0 : Infinity);
}
