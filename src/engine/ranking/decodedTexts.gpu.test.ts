/** Text that is read from embeddings row by row, against reading it again for each token. */
import { describe, expect, it } from 'vitest';
import { write } from '../../gpu/tensor';
import { greedy } from '../../model/sampling';
import { loadFixture } from '../../testing/loadFixture';
import { sharedGpu } from '../../testing/sharedGpu';
import { packTexts } from '../decoder/sequence';
import { Engine } from '../engine';
import { flatParameters } from '../fixture';
import type { SoftReader } from '../terms/rec/reconstruction';
import { Evaluator } from './evaluator';
import { NextTokens } from './nextTokens';

const gpu = await sharedGpu();

/** Every token from a pass over the soft token and all tokens before it. */
async function readAgain(engine: Engine, reader: SoftReader, interest: Float32Array, maxTokens: number): Promise<number[][]> {
  const { context, inputs, head, reconstruction } = engine;
  const { eosId, endIds } = inputs.config;
  const texts = Array.from({ length: interest.length / inputs.spec.objective.embeddingSize }, (): number[] => []);
  const ended = new Set<number>();
  const nextTokens = new NextTokens(context, engine.decoder.weights, texts.length);
  write(context.memory.device, head.h, interest);
  for (let step = 0; step < maxTokens; step++) {
    const packed = packTexts(texts.map((tokens) => [...tokens, eosId]));
    reconstruction.load(packed, Uint32Array.from(texts.keys()));
    reconstruction.forward(packed, texts.length, head.h, reader);
    const logits = await nextTokens.read(reconstruction.pass, packed);
    texts.forEach((tokens, index) => {
      const token = greedy(logits[index]!);
      if (endIds.includes(token)) ended.add(index);
      if (!ended.has(index)) tokens.push(token);
    });
  }
  return texts;
}

describe.each(['even-token-karma-hide', 'odd-text-karma-last', 'gemma3-token-karma', 'gpt2-text-karma', 'qwen3-token-karma'])(
  'texts decoded from the embeddings of %s',
  (name) => {
    it('are those of reading them again for each token, together or one by one', async () => {
      const fixture = await loadFixture(name);
      const engine = await Engine.create(gpu, fixture.inputs);
      const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
      const evaluator = new Evaluator(engine, fixture.batch.length, 4);
      const { interest } = await evaluator.rank(arm, fixture.batch, []);
      // As many as a text may have: the pass of a reader has no more rows.
      const most = fixture.inputs.spec.objective.maxTextTokens - 1;
      const reader = engine.use(arm);
      const expected = await readAgain(engine, reader, interest, most);
      expect(expected.flat().length).toBeGreaterThan(fixture.batch.length);
      expect(await evaluator.texts.decode(reader, interest, most)).toEqual(expected);
      const alone = new Evaluator(engine, 1, 4);
      expect(await alone.texts.decode(reader, interest, most)).toEqual(expected);
      expect(await evaluator.texts.decode(reader, interest, 1)).toEqual(expected.map((tokens) => tokens.slice(0, 1)));
      expect(await evaluator.texts.decode(reader, interest, 0)).toEqual(expected.map(() => []));
      // The base model reads the same soft tokens.
      const base = { ...reader, blocks: null };
      expect(await evaluator.texts.decode(base, interest, most)).toEqual(await readAgain(engine, base, interest, most));
      engine.destroy();
    });
  },
);
