/** The features that ship with the sample belong to it, and some of them are the same when recomputed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diskSource, openSampleLog } from '../../cli/diskSource';
import { itemText } from '../../log/itemText';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { sharedGpu } from '../../testing/sharedGpu';
import { BaseModel } from '../../engine/decoder/baseModel';
import { relativeError } from '../../engine/fixture';
import { readBook, textHash } from '../../model/featureStore';
import { featureTokens, ortFeatures } from '../../model/features';
import { loadModel } from '../../model/loadModel';
import { configureOrt, openDecoder } from '../../model/ortSession';
import { createTokenizer } from '../../model/tokenizer';
import { runSpecSchema } from '../../recipe/runSpec';

const ITEMS = [0, 1, 17, 999, 2500, 4321, 5199];

it('agree with ONNX Runtime and with our engine', async () => {
  const read = (file: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(path.join('public', file)));
  configureOrt();
  const model = await loadModel(diskSource('public/models/wordnet-1m'), 'wordnet-1m', () => undefined, createTokenizer);
  const { log } = await openSampleLog('public');
  const template = runSpecSchema.parse({}).data.itemTemplate;
  const texts = log.items.map((item) => itemText(item, template));
  const width = model.config.hidden;
  const shipped = readBook(read(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.features}`), model.hash, width);
  const remedy = 'the shipped file was made for another model, template or catalogue: run tools/store/features.mjs';
  expect(shipped?.hashes, remedy).toEqual(texts.map(textHash));
  const expected = new Float32Array(ITEMS.length * width);
  ITEMS.forEach((item, row) => {
    expected.set(shipped!.hidden.subarray(item * width, (item + 1) * width), row * width);
  });

  const rows = featureTokens(
    model,
    ITEMS.map((item) => texts[item]!),
  );
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['hidden_states'], cache: false }, { name: 'wasm' });
  const gpu = await sharedGpu();
  const base = await BaseModel.create(gpu, model, { capacity: 256 });
  try {
    expect(relativeError(await ortFeatures(decoder)(rows, () => undefined), expected)).toBeLessThan(1e-4);
    expect(relativeError(await base.meanHidden(rows), expected)).toBeLessThan(1e-4);
  } finally {
    base.destroy();
    await decoder.release();
  }
});
