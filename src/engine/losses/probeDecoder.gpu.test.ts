/**
 * The probe decoder against PyTorch's, on every family; and whether it finds what an embedding carries, and
 * nothing if it carries nothing.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_MODELS, fixtureFiles } from '../../testing/fixtureModels';
import { diskSource } from '../../cli/diskSource';
import { forkRandom } from '../../log/random';
import { mean } from '../../statistics/statistics';
import { vocabularyRows } from '../../experiment/inspect/textPrompt';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { readWeights } from '../../model/decoderTensors';
import { loadModel } from '../../model/loadModel';
import { createTokenizer } from '../../model/tokenizer';
import { heldWeights, type WeightSource } from '../../model/weightSource';
import { runSpecSchema } from '../../recipe/runSpec';
import { Engine } from '../engine';
import { relativeError, tensorSource } from '../fixture';
import { ProbeDecoder, type TextPairs } from './probeDecoder';

const SIZE = 12;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

async function withProbe<T>(
  model: { readonly config: DecoderConfig; readonly weights: WeightSource },
  { steps, batchSize, longest }: { readonly steps: number; readonly batchSize: number; readonly longest: number },
  body: (probe: ProbeDecoder, engine: Engine) => Promise<T>,
): Promise<T> {
  const spec = runSpecSchema.parse({
    version: 1,
    objective: { embeddingSize: SIZE, maxHistory: 2, maxTextTokens: longest },
    training: { batchSize },
  });
  const table = new Float32Array(8 * model.config.hidden);
  const features = { hidden: table, title: table };
  const engine = await Engine.create(gpu, {
    ...model,
    features,
    items: 8,
    titleTokens: [],
    spec,
    maxExposed: 0,
    maxQueryTokens: 0,
  });
  try {
    return await body(new ProbeDecoder(engine, { steps, learningRate: 3e-3 }), engine);
  } finally {
    engine.destroy();
  }
}

describe.each(FIXTURE_MODELS)('%s', (name) => {
  it.each([
    ['at once', 4],
    ['in parts', 2],
  ])('has PyTorch’s loss and gradients, %s', async (_, batchSize) => {
    const { config, checkpoint, probe: expected } = fixtureFiles(name);
    const weights = heldWeights(await readWeights(tensorSource(checkpoint), config));
    const pairs = { z: expected.tensor('z'), texts: expected.texts };
    await withProbe({ config, weights }, { steps: 1, batchSize, longest: 6 }, async (probe) => {
      probe.begin(expected.tensor('b'));
      const parameters = await probe.read();
      parameters.set(expected.tensor('w'));
      probe.set(parameters);
      const nll = expected.tensor('nll');
      expect(await probe.step(pairs, { update: false })).toBeCloseTo(mean(nll), 4);
      const { w, b } = await probe.readGradients();
      expect(relativeError(w, expected.tensor('grad.w'))).toBeLessThan(1e-4);
      expect(relativeError(b, expected.tensor('grad.b'))).toBeLessThan(1e-4);
      expect(relativeError(Float32Array.from(await probe.nll(pairs)), nll)).toBeLessThan(1e-5);
    });
  });
});

describe('what it finds', () => {
  const STEPS = 24;
  const TEXTS = 8;
  let model: LoadedModel;
  let texts: number[][];
  let bos: Float32Array;
  beforeAll(async () => {
    model = await loadModel(diskSource(path.resolve('public/models/wordnet-1m')), 'wordnet-1m', () => undefined, createTokenizer);
    bos = await vocabularyRows(model, [model.config.bosId]);
    const lines = readFileSync('public/datasets/wordnet-store/items.csv', 'utf8').split('\n');
    const titles = lines.slice(1, 1 + TEXTS).map((line) => line.split(',')[1] ?? '');
    texts = titles.map((title) => [...model.tokenizer.encode(title).slice(0, 5), model.config.eosId]);
  });

  /**
   * Mean NLL of the texts after training on embeddings that `draw` makes from a text's index, anew for every
   * step and for the measurement.
   */
  function learned(draw: (text: number, random: ReturnType<typeof forkRandom>) => readonly number[]): Promise<number> {
    const random = forkRandom(1, 'embeddings');
    const pairs = (): TextPairs => ({ z: Float32Array.from(texts.flatMap((_, text) => draw(text, random))), texts });
    return withProbe(model, { steps: STEPS, batchSize: TEXTS, longest: 6 }, async (probe) => {
      probe.begin(bos);
      for (let step = 0; step < STEPS; step++) await probe.step(pairs());
      return mean(await probe.nll(pairs()));
    });
  }

  it('gains much from an embedding that identifies the text, and almost nothing from one that does not', async () => {
    const codes = Array.from({ length: TEXTS }, (_, text) => {
      const code = forkRandom(text, 'code');
      return Array.from({ length: SIZE }, () => code.normal());
    });
    const empty = await learned(() => new Array<number>(SIZE).fill(0));
    const telling = await learned((text, random) => codes[text]!.map((value) => value + 0.1 * random.normal()));
    const random = await learned((_, draws) => Array.from({ length: SIZE }, () => draws.normal()));
    console.info(`NLL ${empty.toFixed(3)} without, ${telling.toFixed(3)} with the text’s code, ${random.toFixed(3)} with noise`);
    expect(empty - telling).toBeGreaterThan(0.5);
    expect(Math.abs(empty - random)).toBeLessThan(0.15);
  }, 120_000);

  it('is reproducible, and continues from parameters that were read', async () => {
    const z = Float32Array.from({ length: TEXTS * SIZE }, (_, i) => Math.sin(i * i));
    await withProbe(model, { steps: 4, batchSize: TEXTS, longest: 6 }, async (probe, engine) => {
      const train = async (): Promise<Float32Array> => {
        probe.begin(bos);
        for (let step = 0; step < 4; step++) await probe.step({ z, texts });
        return probe.read();
      };
      const bytes = engine.context.memory.bytes;
      const first = await train();
      const nll = await probe.nll({ z, texts });
      expect(await train()).toEqual(first);
      probe.begin(bos);
      probe.set(first);
      expect(await probe.nll({ z, texts })).toEqual(nll);
      expect(engine.context.memory.bytes).toBe(bytes);
    });
  }, 60_000);
});
