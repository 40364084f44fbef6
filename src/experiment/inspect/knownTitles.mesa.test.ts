import { beforeAll, describe, expect, it } from 'vitest';
import { diskSource } from '../../cli/diskSource';
import type { Gpu } from '../../gpu/device';
import { SHUFFLES, titleTrials } from '../../log/audit/titleTrials';
import { loadModel } from '../../model/loadModel';
import type { LoadedModel } from '../../model/loadedModel';

import { configureOrt, openDecoder, takeFloats } from '../../model/ortSession';
import { createTokenizer } from '../../model/tokenizer';
import { sharedGpu } from '../../testing/sharedGpu';
import { knownTitles, titleNlls, type TitleNlls } from './knownTitles';

describe('title trials', () => {
  it('are reproducible, put different words in different orders, and leave out short titles', () => {
    const titles = ['one two', 'same same same', 'Red small cup', 'Red small cup', 'The tide of the sea', 'a b c d'];
    const trials = titleTrials(titles);
    expect(titleTrials(titles)).toEqual(trials);
    expect(trials.map(({ title }) => title).sort()).toEqual(['Red small cup', 'The tide of the sea', 'a b c d']);
    for (const { title, shuffled } of trials) {
      expect(new Set([title, ...shuffled]).size).toBe(1 + SHUFFLES);
      for (const other of shuffled) expect(other.split(' ').sort()).toEqual(title.split(' ').sort());
    }
    expect(titleTrials(Array.from({ length: 900 }, (_, n) => `item of number ${n}`))).toHaveLength(200);
  });
});

describe('known titles', () => {
  const nll = (value: number, tokens = 4) => ({ nll: value, tokens });
  const trials = titleTrials(Array.from({ length: 40 }, (_, n) => `a title number ${n}`));
  const others = (...values: number[]): TitleNlls['shuffled'] => values.map((value) => nll(value));

  it('are those below a nat per token that beat all other orders of their words', () => {
    const nlls = trials.map((_, at): TitleNlls => {
      if (at < 3) return { title: nll(3), shuffled: others(9, 12, 15) };
      if (at < 5) return { title: nll(3), shuffled: others(2, 12, 15) };
      return at < 10 ? { title: nll(8), shuffled: others(9, 12, 15) } : { title: nll(12), shuffled: others(12, 12, 12) };
    });
    const finding = knownTitles(trials, nlls, 'tiny')!;
    expect(finding).toMatchObject({ id: 'known-titles', level: 'amber', count: 3, of: 40 });
    expect(finding.message).toContain('3 of 40 (7.5 %) sampled titles are known by heart to tiny');
    expect(finding.message).toContain('8 of 40 (20.0 %) are likelier than in these orders (by chance 25 %)');
    // Gaps per token: 3 × 9/4, 2 × (29/3 − 3)/4, 5 × 4/4, 30 × 0.
    expect(finding.message).toContain(`lead by ${((3 * 2.25 + 2 * ((29 / 3 - 3) / 4) + 5) / 40).toFixed(2)} [`);
    expect(finding.first).toEqual(trials.slice(0, 3).map(({ title }) => `“${title}”`));
    expect(knownTitles(trials, nlls.toReversed(), 'tiny')!.first).toHaveLength(3);
  });

  it('give green if there are hardly any, and null if no title can be tried', () => {
    const nlls = trials.map((): TitleNlls => ({ title: nll(20), shuffled: others(9, 12, 15) }));
    expect(knownTitles(trials, nlls, 'tiny')).toMatchObject({ level: 'green', count: 0, advice: '' });
    expect(knownTitles([], [], 'tiny')).toBeNull();
  });
});

describe('NLL of titles', () => {
  let gpu: Gpu;
  let model: LoadedModel;
  beforeAll(async () => {
    gpu = await sharedGpu();
    configureOrt();
    model = await loadModel(diskSource('public/models/wordnet-1m'), 'wordnet-1m', () => undefined, createTokenizer);
  });

  it('equals ONNX Runtime’s, title by title', async () => {
    const trials = titleTrials(['a stringed instrument with keys', 'the rise of the sea', 'grey coarse woollen cloth']);
    const read = await titleNlls(gpu, model, trials, { precision: 'f32' });
    const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: false }, { name: 'wasm' });
    try {
      for (const [at, { title, shuffled }] of trials.entries()) {
        const expected: number[] = [];
        for (const text of [title, ...shuffled]) {
          const ids = model.tokenizer.encode(text);
          const { logits } = await decoder.run({
            batch: 1,
            length: ids.length,
            tokens: { ids: [model.config.bosId, ...ids.slice(0, -1)] },
          });
          const scores = await takeFloats(logits);
          const { vocabulary } = model.config;
          expected.push(
            ids.reduce((sum, id, row) => {
              const own = [...scores.subarray(row * vocabulary, (row + 1) * vocabulary)];
              const most = Math.max(...own);
              return sum + most + Math.log(own.reduce((total, score) => total + Math.exp(score - most), 0)) - own[id]!;
            }, 0),
          );
        }
        const found = [read[at]!.title, ...read[at]!.shuffled].map(({ nll }) => nll);
        found.forEach((nll, one) => {
          expect(Math.abs(nll - expected[one]!)).toBeLessThan(1e-3 * expected[one]!);
        });
        // The model was trained on the words of WordNet's glosses in their order.
        expect(found[0]).toBeLessThan(Math.max(...found.slice(1)));
      }
    } finally {
      await decoder.release();
    }
  }, 60_000);
});
