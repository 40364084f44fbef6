/**
 * ONNX Runtime Web, on the GPU where there is one and on its WebAssembly provider otherwise, as the
 * playground runs it.
 */
import { RowMeans } from '../../../src/engine/rows/rowMeans';
import { ortProvider } from '../../../src/experiment/prepare/checkModel';
import type { Gpu } from '../../../src/gpu/device';
import { probabilityOf } from '../../../src/engine/ranking/nextTokens';
import { ortFeatures } from '../../../src/model/features';
import { configureOrt, openDecoder, takeFloats, type KeyValueCache, type OrtSettings } from '../../../src/model/ortSession';
import { greedy } from '../../../src/model/sampling';
import { productOutcome, writtenOutcome, type Library } from '../../library';

export function openOnnx(gpu: Gpu, settings: OrtSettings): Library {
  configureOrt(settings);
  const provider = ortProvider(gpu);
  return {
    async embed(_, { config, weights, texts }) {
      const pool = provider.name === 'wasm' ? null : RowMeans.create(gpu, config.hidden);
      const outputsOn = pool === null ? 'cpu' : 'gpu-buffer';
      const decoder = await openDecoder(
        { config, weights },
        { input: 'ids', outputs: ['hidden_states'], cache: false, outputsOn },
        provider,
      );
      const compute = ortFeatures(decoder, pool);
      let means = new Float32Array(0);
      return {
        async run() {
          means = Float32Array.from(await compute(texts, () => undefined));
        },
        outcome: () => Promise.resolve(productOutcome(means)),
      };
    },

    /** With a cache of keys and values: after the prompt, every pass reads one token. */
    async generate({ tokens }, { config, weights, texts }) {
      const decoder = await openDecoder({ config, weights }, { input: 'ids', outputs: ['logits'], cache: true }, provider);
      let written: { token: number; probability: number }[] = [];
      return {
        async run() {
          written = [];
          let ids: readonly number[] = texts[0]!;
          let past: KeyValueCache | undefined;
          while (written.length < tokens) {
            const { logits, cache } = await decoder.run({ batch: 1, length: ids.length, tokens: { ids }, ...(past && { past }) });
            past?.dispose();
            past = cache;
            const last = (await takeFloats(logits)).slice(-config.vocabulary);
            const token = greedy(last);
            written.push({ token, probability: probabilityOf(last, token) });
            ids = [token];
          }
          past?.dispose();
        },
        outcome: () => Promise.resolve(writtenOutcome(written)),
      };
    },
  };
}
