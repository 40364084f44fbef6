/**
 * A run on a model that ONNX Runtime cannot hold: without a certificate, and with features from our engine.
 */
import { beforeAll, expect, it, vi } from 'vitest';
import { smallLog } from '../../../e2e/support/logs';
import { tinyModel } from '../../testing/tinyModel';
import { readLog } from '../../log/readLog';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { FeatureBook } from '../../model/featureStore';
import { loadModel } from '../../model/loadModel';
import { ModelError } from '../../model/modelError';
import { configureOrt, openDecoder } from '../../model/ortSession';
import { droppedSource } from '../../model/source/droppedSource';
import { createTokenizer } from '../../model/tokenizer';
import { runRecordSchema } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import { certifyModel } from './checkModel';
import { runExperiment } from '../runExperiment';

const PROBLEM = 'Its weights take 9 GB in f32, more than there is.';
// Stands in for a model too large for a test.
vi.mock('../../model/ortRoom', () => ({ ortProblem: () => PROBLEM }));

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
});

it('trains, says why there is no certificate, and keeps its features separate', async () => {
  const folder = [...tinyModel()].map(([name, bytes]) => new File([bytes], name));
  const model = await loadModel(droppedSource(folder), 'local:tiny', () => undefined, createTokenizer);
  const refused = openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, { name: 'wasm' });
  await expect(refused).rejects.toThrow(ModelError);
  await expect(refused).rejects.toThrow(PROBLEM);

  const certification = await certifyModel(gpu, model);
  expect(certification).toEqual({ certificate: null, uncertified: PROBLEM });
  const { name, text } = smallLog();
  const data = await readLog([new File([text], name)]);
  const spec = runSpecSchema.parse({
    version: 1,
    model: { id: 'local:tiny', precision: 'q8_0' },
    training: { steps: 2, batchSize: 3, warmupSteps: 1 },
    lora: { rank: 4 },
    objective: { maxHistory: 4, maxTextTokens: 8, maxTitleTokens: 4 },
    evaluation: { evaluations: 1, sampleUsers: 4, probes: 1, finalUsers: 4 },
  });
  const books: FeatureBook[] = [];
  const store = {
    load: () => Promise.resolve([]),
    save: (book: FeatureBook) => {
      books.push(book);
      return Promise.resolve();
    },
  };
  const notes = new Set<string>();
  const record = await runExperiment(
    { gpu, spec, model, certification, data, store, profiled: () => false, requestRepeats: 1 },
    (event) => {
      if (event.type === 'progress') notes.add(event.progress.note);
    },
    () => Promise.resolve('go'),
  );
  expect(notes).toContain('Computing item features with our engine');
  expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toMatchObject({
    complete: true,
    certificate: null,
    uncertified: PROBLEM,
  });
  // Features from f32 weights would differ.
  expect(books.map((book) => book.model === model.hash)).toEqual([false]);
});
