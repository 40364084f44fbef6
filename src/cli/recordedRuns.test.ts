/**
 * The recorded runs of the site: each matches its preset, is complete and small enough, and has adapters that
 * work.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layOutParameters } from '../engine/parameters';
import { armsOfAdapters } from '../experiment/train/adapterArms';
import { axesWidth } from '../experiment/prepare/featureTables';
import { readConfig } from '../model/readConfig';
import { widestLora } from '../recipe/armRecipe';
import { SAMPLE_LOG } from '../log/sampleLog';
import { earlierPreset } from '../recipe/earlierPresets';
import { PRESETS } from '../recipe/presets';
import { REAL_LLM_ID, REAL_LLM_OPTIONS, REAL_MODEL } from '../recipe/realLlm';
import { isRecorded, recordedArms } from '../recipe/recordedArms';
import { MOST_RECORDED_BYTES, RECORDED_IDS, recordedFiles } from '../recipe/recordedFiles';
import type { RunSpec } from '../recipe/runSpec';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { recordedAdapters } from '../runtime/recordedAdapters';
import { readOptions } from './options';

const PUBLIC = 'public';
const at = (file: string): string => path.join(PUBLIC, file);
const recorded = RECORDED_IDS.filter((id) => id !== REAL_LLM_ID && isRecorded(id));
const config = readConfig(JSON.parse(readFileSync(at('models/wordnet-1m/config.json'), 'utf8')));

it('have names that the page knows', () => {
  const known = RECORDED_IDS.flatMap((id) => Object.values(recordedFiles(id))).map((file) => path.basename(file));
  expect(
    readdirSync(at('recorded')).filter((file) => /\.(run\.json\.gz|adapters\.zip)$/.test(file) && !known.includes(file)),
  ).toEqual([]);
  expect(recorded.length).toBeGreaterThan(5);
});

/** What a run of an ID was made with; until it is made again, the preset of its time. */
function recipeOf(id: string, { spec }: RunRecord): RunSpec {
  return spec.objective.headStart === 'fitted' ? earlierPreset('4', id)! : PRESETS.find((preset) => preset.id === id)!.spec;
}

/**
 * Whether its decoder was compared with another implementation's: by the certificate of the engine, or by the
 * tests of the trainer.
 */
function isVerified({ certificate, adapter }: RunRecord): boolean {
  return certificate === null ? adapter.vendor === 'PyTorch' : certificate.passed;
}

describe.each(recorded)('%s', (id) => {
  const files = recordedFiles(id);
  const packed = readFileSync(at(files.run));
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(packed).toString('utf8')));

  it('is a complete run of its preset', () => {
    // The machine chose the precision.
    const { model } = record.spec;
    const asked = recipeOf(id, record);
    expect({ ...record.spec, model: { ...model, precision: asked.model.precision } }).toEqual(asked);
    expect(record.complete).toBe(true);
    expect(record.arms.map((arm) => arm.steps.step.at(-1))).toEqual(asked.arms.map(() => asked.training.steps));
  });

  it('is not larger than allowed, and has adapters that fit its recipe', async () => {
    const zip = existsSync(at(files.adapters)) ? readFileSync(at(files.adapters)) : null;
    expect(packed.length + (zip?.length ?? 0)).toBeLessThanOrEqual(MOST_RECORDED_BYTES);
    if (zip === null) {
      expect(recordedArms(id)).toEqual([]);
      return;
    }
    const { spec, data, model } = record;
    const { axes } = spec.features;
    const catalogue = { items: data.items, features: axes > 0 ? axesWidth(spec.features) : model.hidden };
    const layout = layOutParameters(config, { ...spec, lora: widestLora(spec) }, catalogue);
    const adapters = await recordedAdapters(new Blob([new Uint8Array(zip)]));
    const arms = armsOfAdapters(adapters, { spec, model: { ...model, config }, catalogue, layout });
    expect(arms.map((arm) => arm.spec.id)).toEqual(spec.arms.map((arm) => arm.id).filter((arm) => adapters.has(arm)));
    expect(arms.length).toBe(adapters.size);
    // What the page says about them.
    expect([...recordedArms(id)].sort()).toEqual(arms.map((arm) => arm.spec.id).sort());
    expect(arms.length).toBeGreaterThan(0);
    for (const { flat } of arms) expect(flat.every((value) => Number.isFinite(value))).toBe(true);
  });
});

describe('a real LLM', () => {
  const packed = readFileSync(at(recordedFiles(REAL_LLM_ID).run));
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(packed).toString('utf8')));

  it('is a complete run of the command that the page shows, on the model that it names', () => {
    const stem = REAL_MODEL.file.replace(/\.gguf$/, '');
    const options = readOptions(REAL_LLM_OPTIONS)!;
    // Until it is made again, it has heads that were fitted.
    if (record.spec.objective.headStart !== 'fitted')
      expect(record.spec).toEqual({
        ...options.spec,
        model: { ...options.spec.model, id: `local:${stem}` },
        data: { ...options.spec.data, id: SAMPLE_LOG.id },
      });
    expect(record.model.id).toBe(`local:${stem}`);
    expect(record.complete).toBe(true);
    expect(isVerified(record)).toBe(true);
    expect(packed.length).toBeLessThanOrEqual(MOST_RECORDED_BYTES);
  });

  it('records how base model and arms continue three prompts at every evaluation', () => {
    const base = record.base.continuations!.length;
    expect(base).toBe(3);
    for (const { evaluations } of record.arms)
      expect(evaluations.map(({ continuations }) => continuations?.length)).toEqual(evaluations.map(() => base));
  });
});
