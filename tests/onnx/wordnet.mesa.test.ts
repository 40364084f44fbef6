import { beforeAll, describe, expect, it } from 'vitest';
import { referenceLogits } from '../../src/model/certificate';
import type { LoadedModel } from '../../src/model/loadedModel';
import { generate } from '../../src/model/generate';
import { modelSummary } from '../../src/model/loadModel';
import { configureOrt, openDecoder } from '../../src/model/ortSession';
import { loadWordnet } from '../../src/testing/wordnetModel';

let model: LoadedModel;
beforeAll(async () => {
  configureOrt();
  model = await loadWordnet();
});

describe('the embedded model', () => {
  it('has the parameters that its training recipe specifies', () => {
    expect(modelSummary(model)).toMatchObject({ parameters: 1_262_720, layers: 4, kvHeads: 2, bytes: 5_054_928 });
    expect(model.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds its own kind of text far more likely than chance', async () => {
    const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: false }, { name: 'wasm' });
    const { vocabulary, bosId } = model.config;
    const ids = [
      bosId,
      ...model.tokenizer.encode('red wine: a wine having a red color derived from skins of dark-colored grapes'),
    ];
    const logits = await referenceLogits(decoder, ids);
    await decoder.release();
    let nll = 0;
    for (let i = 1; i < ids.length; i += 1) {
      const row = logits.subarray((i - 1) * vocabulary, i * vocabulary);
      nll += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[ids[i]!]!;
    }
    // Uniform would be ln 4096 = 8.3; held-out text has 2.5.
    expect(nll / (ids.length - 1)).toBeLessThan(3.5);
  });

  it('continues in words', async () => {
    const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, { name: 'wasm' });
    const ids = [model.config.bosId, ...model.tokenizer.encode('red wine: a')];
    const text = model.tokenizer.decode(await generate(decoder, { ids }, { maxTokens: 12 }));
    await decoder.release();
    expect(text).toMatch(/^ [a-z]+ [a-z]+/);
  });
});
