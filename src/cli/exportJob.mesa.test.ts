/** What `--export-job` puts into a job beside its log and recipe. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAdapter } from '../experiment/train/startAdapter';
import { itemText } from '../log/itemText';
import { readLog, type ReadLog } from '../log/readLog';
import { wholeWeights } from '../model/decoderTensors';
import { textHash, type FeatureBook } from '../model/featureStore';
import { textsOfModel } from '../model/domainTexts/domainTexts';
import { DROPPED_PREFIX, EMBEDDED_MODEL, runSpecSchema } from '../recipe/runSpec';
import { npyFile } from '../storage/npyFile';
import { openModel } from './diskSource';
import { exportJob } from './exportJob';

let folder: string;
let data: ReadLog;
beforeAll(async () => {
  const rows = Array.from({ length: 24 }, (_, at) => `u${Math.floor(at / 4)},i${at % 7},${at},thing ${at % 7}`);
  data = await readLog([new File([`user,item,time,title\n${rows.join('\n')}\n`], 'small.csv')]);
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'karma-export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const SPEC = runSpecSchema.parse({ data: { id: 'small' } });
const EMPTY = { load: () => Promise.resolve([]), save: () => Promise.resolve() };
const NO_MODEL = { grid: null, start: null, named: false, model: '/nowhere', store: EMPTY };

describe('the model of a job', () => {
  it('is a folder for transformers, if it was a GGUF file', async () => {
    const file = 'python/fixtures/gguf/llama.gguf';
    const spec = { ...SPEC, model: { ...SPEC.model, id: `${DROPPED_PREFIX}llama` } };
    const job = path.join(folder, 'job');
    await exportJob(job, { ...NO_MODEL, spec, data, model: file, named: true });
    const [written, read] = [await openModel(path.join(job, 'model'), 'local:llama'), await openModel(file, 'local:llama')];
    const { layers, heads, hidden, vocabulary, ropes, bosId, eosId } = read.model.config;
    expect(written.model.config).toMatchObject({ layers, heads, hidden, vocabulary, ropes, bosId, eosId });
    const weights = ({ model }: typeof read): ReturnType<typeof wholeWeights> => wholeWeights(model.weights, model.config);
    expect(await weights(written)).toEqual(await weights(read));
    expect(readdirSync(path.join(job, 'model'))).toEqual(expect.arrayContaining(['tokenizer.json', 'tokenizer_config.json']));
    expect(readFileSync(path.join(job, 'README.md'), 'utf8')).toContain('| model | `model/` (llama) |');
  });

  it('is asked for, if there is none where it was said to be', async () => {
    const job = path.join(folder, 'job');
    const named = { ...NO_MODEL, spec: SPEC, data, named: true };
    await expect(exportJob(job, { ...named, model: folder })).rejects.toThrow('has no config.json');
    await expect(exportJob(job, { ...named, model: path.join(folder, 'none.gguf') })).rejects.toThrow('does not exist');
    expect(existsSync(job)).toBe(false);
  });

  it('never goes where something is', async () => {
    mkdirSync(path.join(folder, 'job'));
    writeFileSync(path.join(folder, 'job/notes.txt'), 'mine');
    await expect(exportJob(path.join(folder, 'job'), { ...NO_MODEL, spec: SPEC, data })).rejects.toThrow('is not empty');
    expect(readdirSync(path.join(folder, 'job'))).toEqual(['notes.txt']);
  });
});

it('has the codes of a file with the recipe of arms with semantic IDs', async () => {
  const job = path.join(folder, 'job');
  const codeIndex = Array.from({ length: 7 }, (_, at) => `i${at}\t<a_${at}> <b_0>`);
  const objective = { ...SPEC.objective, itemInterface: 'semantic' as const, codeIndex };
  await exportJob(job, { ...NO_MODEL, spec: { ...SPEC, objective }, data });
  const recipe = JSON.parse(readFileSync(path.join(job, 'recipe.json'), 'utf8')) as { spec: { objective: object } };
  expect(recipe.spec.objective).toMatchObject({ itemInterface: 'semantic', codeIndex });
});

it('has the features from which codes are computed, if they are stored here', async () => {
  const spec = { ...SPEC, objective: { ...SPEC.objective, itemInterface: 'semantic' as const } };
  const hashes = data.log.items.map((item) => textHash(itemText(item, spec.data.itemTemplate)));
  const hidden = Float32Array.from({ length: 128 * hashes.length }, (_, at) => at);
  // In another order than the catalogue's.
  const book = (model: string): FeatureBook => ({ model, width: 128, hashes: hashes.toReversed(), hidden });
  const store = { ...EMPTY, load: (model: string) => Promise.resolve([book(model)]) };
  const inputs = { ...NO_MODEL, spec, data, model: 'public/models/wordnet-1m' };
  const [job, without] = [path.join(folder, 'job'), path.join(folder, 'without')];
  await exportJob(job, { ...inputs, store });
  const [file] = readdirSync(path.join(job, 'cache'));
  expect(file).toMatch(/^features-[0-9a-f]{16}\.npy$/);
  const rows = hashes.map((_, item) => hidden.subarray(128 * (6 - item), 128 * (7 - item)));
  const values = Float32Array.from(rows.flatMap((row) => [...row]));
  expect(Uint8Array.from(readFileSync(path.join(job, 'cache', file!)))).toEqual(npyFile(values, [7, 128]));
  expect(readFileSync(path.join(job, 'README.md'), 'utf8')).toContain('| `cache/` | features of the items');
  const domain = JSON.parse(readFileSync(path.join(job, 'domain.json'), 'utf8')) as unknown;
  expect(domain).toEqual({ model: EMBEDDED_MODEL, texts: textsOfModel(EMBEDDED_MODEL) });
  await exportJob(without, inputs);
  expect(readdirSync(without)).not.toContain('cache');
});

it('has the hash of what a grid predicts with each of its cells, where the trainer finds it', async () => {
  const [job, without] = [path.join(folder, 'job'), path.join(folder, 'without')];
  const file = path.join(folder, 'grid.json');
  const predictions = [{ arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 0 }];
  const base = { model: { precision: 'f32' } };
  const grid = { name: 'Predicted', base, arms: ['action', 'karma'], seeds: [0, 1] };
  const cellsOf = async (to: string, written: object): Promise<unknown[]> => {
    writeFileSync(file, JSON.stringify(written));
    await exportJob(to, { ...NO_MODEL, spec: SPEC, data, grid: file });
    return (JSON.parse(readFileSync(path.join(to, 'cells.json'), 'utf8')) as { grid: unknown }[]).map((cell) => cell.grid);
  };
  const sorted = '[{"against":"action","arm":"karma","expect":"above","margin":0,"measure":"hr@10"}]';
  const predictionsHash = createHash('sha256').update(sorted).digest('hex');
  const stored = { name: 'Predicted', predictionsHash };
  expect(await cellsOf(job, { ...grid, predictions })).toEqual([stored, stored]);
  const kept = JSON.parse(readFileSync(path.join(job, 'runs/grid.json'), 'utf8')) as { predictions: unknown };
  expect(kept.predictions).toEqual(predictions);
  const none = { name: 'Predicted', predictionsHash: null };
  expect(await cellsOf(without, grid)).toEqual([none, none]);
});

describe('the adapter that arms start from', () => {
  const start = startAdapter('action', new Map([['adapter_config.json', Uint8Array.of(123, 125)]]));
  const spec = { ...SPEC, lora: { ...SPEC.lora, start: start.name } };

  it('goes with the job', async () => {
    const job = path.join(folder, 'job');
    await exportJob(job, { ...NO_MODEL, spec, data, start });
    expect(readFileSync(path.join(job, 'start/adapter_config.json'), 'utf8')).toBe('{}');
    expect(readFileSync(path.join(job, 'README.md'), 'utf8')).toContain(start.name);
  });

  it('must be there', async () => {
    await expect(exportJob(path.join(folder, 'job'), { ...NO_MODEL, spec, data })).rejects.toThrow(
      `adapter ${start.name} is not open`,
    );
    expect(existsSync(path.join(folder, 'job'))).toBe(false);
  });
});
