/**
 * `npm run operate -- PRESET TARGETS OUT`: what surgery and the dial do to the arms of a recorded run, over
 * its test targets. Writes OUT.json.gz, and OUT.md with the tables.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { prepareTiles } from '../engine/gemm/gemmTuning';
import { embeddingStatistics } from '../engine/decoder/embeddingStatistics';
import { initialParameters, layOutParameters } from '../engine/parameters';
import { Operator } from '../experiment/operate/operator';
import { catalogueFeatures } from '../experiment/prepare/catalogueFeatures';
import { prepareData } from '../experiment/prepare/preparedData';
import { armsOfAdapters } from '../experiment/train/adapterArms';
import { openNodeGpu } from '../gpu/node';
import { SAMPLE_LOG } from '../log/sampleLog';
import { widestLora } from '../recipe/armRecipe';
import { RECORDED_IDS, recordedFiles } from '../recipe/recordedFiles';
import { EMBEDDED_MODEL, withPrecision } from '../recipe/runSpec';
import { runRecordSchema } from '../record/runRecord';
import { NO_SURGERY, type Surgery } from '../record/surgery';
import { recordedAdapters } from '../runtime/recordedAdapters';
import { diskFeatures, diskTuning, openModel, openSampleLog, readFileBytes } from './diskSource';
import { operationTables } from './operationTables';
import { writeWhole } from './writeWhole';

/** Operations of which every model gets each. */
const SURGERIES: Readonly<Record<string, (layers: number, heads: number) => Surgery>> = {
  'sinks × 0, renormalised': () => ({ ...NO_SURGERY, sinks: 0 }),
  'sinks × 0.5, renormalised': () => ({ ...NO_SURGERY, sinks: 0.5 }),
  'sinks × 0, not renormalised': () => ({ ...NO_SURGERY, sinks: 0, renormalised: false }),
  'all heads cut': (layers, heads) => ({ ...NO_SURGERY, heads: [...Array(layers * heads).keys()] }),
  'all adapters cut': (layers) => ({ ...NO_SURGERY, adapters: [...Array(layers).keys()] }),
};

/** @param root the repository's folder @returns the process's exit code */
export async function operate([preset = '', most = 'all', out = '']: readonly string[], root: string): Promise<number> {
  const id = RECORDED_IDS.find((one) => one === preset);
  const targets = most === 'all' ? Infinity : Number(most);
  if (id === undefined || !(targets >= 2) || out === '') {
    console.error(`npm run operate -- PRESET TARGETS|all OUT\nPRESET: one of ${RECORDED_IDS.join(', ')}.`);
    return 2;
  }
  const at = (file: string): string => path.join(root, 'public', file);
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(await readFile(at(recordedFiles(id).run))).toString('utf8')));
  if (record.spec.model.id !== EMBEDDED_MODEL || record.spec.data.id !== 'sample') {
    console.error(`${id} is of another model or log; only runs of the embedded model on the sample log can be operated on here.`);
    return 2;
  }
  const gpu = await openNodeGpu();
  await prepareTiles(gpu, diskTuning(path.join(root, '.cache')));
  const { log, split } = await openSampleLog(path.join(root, 'public'));
  const { model } = await openModel(at(`models/${EMBEDDED_MODEL}`), EMBEDDED_MODEL);
  const spec = withPrecision(record.spec, 'f32');
  const store = diskFeatures(at(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.features}`), path.join(root, '.cache'));
  const features = await catalogueFeatures(gpu, model, { log, split }, spec, store, { onProgress: () => undefined });
  const data = await prepareData(log, split, model, spec);
  const catalogue = { items: log.items.length, features: features.width };
  const layout = layOutParameters(model.config, { ...spec, lora: widestLora(spec) }, catalogue);
  const place = { spec, model, catalogue, layout };
  const arms = armsOfAdapters(await recordedAdapters(new Blob([await readFileBytes(at(recordedFiles(id).adapters))])), place);
  const statistics = await embeddingStatistics(model.weights, model.config);
  const initial = { layout, flat: initialParameters(layout, model.config, statistics, spec) };
  const operator = await Operator.open({ gpu, model, data, features, spec, initial }, targets);
  const { layers, heads } = model.config;
  const models = [operator.base, ...arms];
  const seconds: Record<string, number> = {};
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    seconds[what] = (performance.now() - began) / 1000;
    console.info(`${what}: ${seconds[what].toFixed(1)} s`);
    return result;
  };
  const surgeries: Record<string, Awaited<ReturnType<Operator['operate']>>[]> = {};
  const headGrid: Record<string, Awaited<ReturnType<Operator['heads']>>> = {};
  const dial: Awaited<ReturnType<Operator['dial']>>[] = [];
  const save = (): Promise<void> =>
    writeWhole(
      `${out}.json.gz`,
      gzipSync(
        JSON.stringify({ preset: id, targets: operator.targets, adapter: gpu.adapter, seconds, surgeries, headGrid, dial }),
      ),
    );
  for (const one of arms) {
    dial.push(await timed(`dial, ${one.spec.id}`, () => operator.dial(one)));
    await save();
  }
  for (const [name, make] of Object.entries(SURGERIES)) {
    const results = [];
    for (const one of models)
      results.push(await timed(`${name}, ${one.spec.id}`, () => operator.operate(one, make(layers, heads))));
    surgeries[name] = results;
    await save();
  }
  for (const one of models) {
    headGrid[one.spec.id] = await timed(`heads, ${one.spec.id}`, () => operator.heads(one));
    await save();
  }
  await writeWhole(
    `${out}.md`,
    operationTables({ preset: id, targets: operator.targets, adapter: gpu.adapter, seconds, surgeries, headGrid, dial }),
  );
  operator.destroy();
  return 0;
}
