/** The recorded runs of the site: each matches its preset, is complete and small enough, and has adapters that work. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layOutParameters } from '../engine/parameters';
import { armsOfAdapters } from '../experiment/adapterArms';
import { readConfig } from '../model/readConfig';
import { widestLora } from '../recipe/armRecipe';
import { SAMPLE_LOG } from '../log/sampleLog';
import { PRESETS } from '../recipe/presets';
import { realLlmText } from '../readings/verdict/realLlmText';
import { writtenTexts } from '../readings/verdict/writtenTexts';
import { REAL_LLM_IDS, REAL_LLMS, REAL_MODEL } from '../recipe/realLlm';
import { recordedArms } from '../recipe/recordedArms';
import { MOST_RECORDED_BYTES, RECORDED_IDS, recordedFiles } from '../recipe/recordedFiles';
import { runRecordSchema } from '../record/runRecord';
import { recordedAdapters } from '../runtime/recordedAdapters';
import { readOptions } from './options';

const PUBLIC = 'public';
const at = (file: string): string => path.join(PUBLIC, file);
const recorded = PRESETS.filter(({ id }) => existsSync(at(recordedFiles(id).run)));
const config = readConfig(JSON.parse(readFileSync(at('models/wordnet-1m/config.json'), 'utf8')));

it('have names that the page knows; the first preset has one', () => {
  const known = RECORDED_IDS.flatMap((id) => Object.values(recordedFiles(id))).map((file) => path.basename(file));
  expect(
    readdirSync(at('recorded')).filter((file) => /\.(run\.json\.gz|adapters\.zip)$/.test(file) && !known.includes(file)),
  ).toEqual([]);
  expect(recorded[0]).toBe(PRESETS[0]);
});

describe.each(recorded.map((preset) => [preset.id, preset] as const))('%s', (id, preset) => {
  const files = recordedFiles(id);
  const packed = readFileSync(at(files.run));
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(packed).toString('utf8')));

  it('is a complete run of its preset', () => {
    // The machine chose the precision.
    const { model } = record.spec;
    expect({ ...record.spec, model: { ...model, precision: preset.spec.model.precision } }).toEqual(preset.spec);
    expect(record.complete).toBe(true);
    expect(record.arms.map((arm) => arm.steps.step.at(-1))).toEqual(preset.spec.arms.map(() => preset.spec.training.steps));
  });

  it('is not larger than allowed, and has adapters that fit its recipe', async () => {
    const zip = existsSync(at(files.adapters)) ? readFileSync(at(files.adapters)) : null;
    expect(packed.length + (zip?.length ?? 0)).toBeLessThanOrEqual(MOST_RECORDED_BYTES);
    if (zip === null) {
      expect(recordedArms(id)).toEqual([]);
      return;
    }
    const { spec, data, model } = record;
    const catalogue = { items: data.items, features: model.hidden };
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

describe.each(REAL_LLM_IDS)('a real LLM: %s', (id) => {
  const packed = readFileSync(at(recordedFiles(id).run));
  const record = runRecordSchema.parse(JSON.parse(gunzipSync(packed).toString('utf8')));

  it('is a complete run of the command that the page shows, on the model and log that it names', () => {
    const { log, options: given } = REAL_LLMS[id];
    const stem = REAL_MODEL.file.replace(/\.gguf$/, '');
    const options = readOptions(given)!;
    expect(record.spec).toEqual({
      ...options.spec,
      model: { ...options.spec.model, id: `local:${stem}` },
      data: { ...options.spec.data, id: log?.file ?? SAMPLE_LOG.id },
    });
    expect(record.model.id).toBe(`local:${stem}`);
    if (log) expect(record.data.recipe!.filters).toEqual({ ...record.data.recipe!.filters, ...options.filters });
    expect(record.complete).toBe(true);
    expect(record.certificate!.passed).toBe(true);
    expect(packed.length).toBeLessThanOrEqual(MOST_RECORDED_BYTES);
  });

  it('records how base model and arms continue three prompts at every evaluation', () => {
    for (const { evaluations } of record.arms)
      expect(evaluations.map(({ continuations }) => continuations?.length)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  if (id === REAL_LLM_IDS[0])
    it('is quoted by the page as its verdict quotes it', () => {
      expect(realLlmText).toEqual(writtenTexts(record, null)[0]);
    });
});
