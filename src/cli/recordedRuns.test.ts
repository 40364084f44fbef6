/** The recorded runs of the site: each matches its preset, is complete and small enough, and has adapters that work. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layOutParameters } from '../engine/parameters';
import { armsOfAdapters } from '../experiment/train/adapterArms';
import { readConfig } from '../model/readConfig';
import { widestLora } from '../recipe/armRecipe';
import { SAMPLE_LOG } from '../log/sampleLog';
import { earlierPreset } from '../recipe/earlierPresets';
import { PRESETS } from '../recipe/presets';
import { realLlmText } from '../readings/verdict/realLlmText';
import { writtenTexts } from '../readings/verdict/writtenTexts';
import { isRealLlm, REAL_LLM_IDS, REAL_LLMS, REAL_MODEL } from '../recipe/realLlm';
import { isRecorded, recordedArms } from '../recipe/recordedArms';
import { MOST_RECORDED_BYTES, RECORDED_IDS, recordedFiles } from '../recipe/recordedFiles';
import type { RunSpec } from '../recipe/runSpec';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { recordedAdapters } from '../runtime/recordedAdapters';
import { readOptions } from './options';

const PUBLIC = 'public';
const at = (file: string): string => path.join(PUBLIC, file);
const recorded = RECORDED_IDS.filter((id) => !isRealLlm(id) && isRecorded(id));
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
    // Until it is made again, it has heads that were fitted.
    if (record.spec.objective.headStart !== 'fitted')
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
