/** The adapters that the site ships, rounded to fewer bits, rank like the runs that they come from. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { diskFeatures, diskSource, openSampleLog } from '../../cli/diskSource';
import { Engine } from '../../engine/engine';
import { layOutParameters } from '../../engine/parameters';
import { Evaluator } from '../../engine/ranking/evaluator';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { sampleUsers } from '../../log/sampling';
import { averageRank } from '../../measures/ranking/ranking';
import { loadModel } from '../../model/loadModel';
import { createTokenizer } from '../../model/tokenizer';
import { recordedFiles } from '../../recipe/recordedFiles';
import { withPrecision } from '../../recipe/runSpec';
import { runRecordSchema } from '../../record/runRecord';
import { recordedAdapters } from '../../runtime/recordedAdapters';
import { drawnCases } from '../../testing/drawnCases';
import { sharedGpu } from '../../testing/sharedGpu';
import { armsOfAdapters } from './adapterArms';
import { catalogueFeatures } from '../prepare/catalogueFeatures';
import { prepareData } from '../prepare/preparedData';

const at = (file: string): string => path.join('public', file);
/** Targets that are ranked again. */
const TARGETS = 300;

// `ids` has the coarsest rounding: free embeddings of all items.
it.each(drawnCases(['strong', 'ids'] as const))('%s: hits equal the run’s', async (preset) => {
  const gpu = await sharedGpu();
  const { log, split } = await openSampleLog('public');
  const model = await loadModel(diskSource(at('models/wordnet-1m')), 'wordnet-1m', () => undefined, createTokenizer);
  const files = recordedFiles(preset);
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(readFileSync(at(files.run))).toString('utf8')));
  const spec = withPrecision(record.spec, 'f32');
  const store = diskFeatures(at(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.features}`), at('none'));
  const features = await catalogueFeatures(gpu, model, { log, split }, spec, store, { onProgress: () => undefined });
  const data = await prepareData(log, split, model, spec);
  const { config } = model;
  const catalogue = { items: log.items.length, features: features.width };
  const layout = layOutParameters(config, spec, catalogue);
  const arms = armsOfAdapters(await recordedAdapters(new Blob([readFileSync(at(files.adapters))])), {
    spec,
    model,
    catalogue,
    layout,
  });
  expect(arms.map((arm) => arm.spec.id)).toEqual(spec.arms.map(({ id }) => id));
  const engine = await Engine.create(gpu, {
    ...{ config, weights: model.weights, features, items: log.items.length, titleTokens: data.titleTokens, spec },
    ...{ maxExposed: 0, maxQueryTokens: data.maxQueryTokens, maxEarlier: data.maxEarlier, counts: data.counts() },
  });
  const finals = sampleUsers(split.test, record.arms[0]!.evaluations.at(-1)!.ranks.length, spec.seed);
  const targets = finals.slice(0, TARGETS);
  const examples = targets.map((target) => data.exampleFor(target));
  const masked = targets.map((target) => data.historyOf(target));
  const evaluator = new Evaluator(engine, 1, 1);
  for (const arm of arms) {
    const shown = engine.createArm(arm.spec, arm.flat, 0);
    const { above, equal } = await evaluator.rank(shown, examples, masked);
    const ranks = record.arms.find(({ id }) => id === arm.spec.id)!.evaluations.at(-1)!.ranks;
    const pairs = examples.map((_, index) => [averageRank(above[index]!, equal[index]!) <= 10, ranks[index]! <= 10] as const);
    const same = pairs.filter(([now, then]) => now === then).length / TARGETS;
    const hits = (which: 0 | 1): number => pairs.filter((pair) => pair[which]).length;
    console.info(
      `${preset}, ${arm.spec.id}: ${hits(0)} hits of ${TARGETS}, ${hits(1)} in the run; the same in ${(100 * same).toFixed(1)} %`,
    );
    expect(same).toBeGreaterThan(0.97);
  }
  engine.destroy();
});
