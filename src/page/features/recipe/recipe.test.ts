import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../recipe/presets';
import { EMBEDDED_MODEL, NO_LAYER, runSpecSchema } from '../../../recipe/runSpec';
import { check, chooseModel, choosePreset, copyOf, setField, suitLog, useRecipe } from '../../state/recipe/recipe';
import { smallRecord } from '../../../testing/smallRecord';
import { CHOSEN, FURTHER, sectionPaths, type SectionId } from './form/layout';
import { parseAutoNumber, parseNumber, parseNumbers, fieldText } from '../../ui/controls/parseValue';
import { fieldPaths, writeField } from '../../../recipe/specPath';
import { armLine } from '../../../recipe/whatChanged';
import type { FileStorage } from '../../../record/fileStorage';
import { evaluationLine, logLine, loraLine, modelLine, objectiveLine, trainingLine } from './form/summaries';

const spec = PRESETS.find(({ id }) => id === 'collapse')!.spec;

describe('the form', () => {
  it('covers the whole schema, each field once', () => {
    const sections: SectionId[] = ['model', 'log', ...FURTHER];
    const shown = [...CHOSEN, ...sections.flatMap(sectionPaths)];
    expect(new Set(shown).size).toBe(shown.length);
    // Name and arms have their own controls; the log's ID is set by opening a log.
    const missing = fieldPaths(spec).filter((path) => !shown.includes(path));
    expect(missing).toEqual(['name', 'data.id', 'arms']);
  });
});

describe('values', () => {
  it('are parsed from text and formatted back', () => {
    expect(parseNumber('2e-3')).toBe(0.002);
    expect(parseNumber('')).toBeNaN();
    expect(parseNumbers('1, 5;10  20')).toEqual([1, 5, 10, 20]);
    expect(parseAutoNumber('Auto')).toBe('auto');
    expect(fieldText(1e-8)).toBe('1e-8');
    expect(fieldText([1, 5])).toBe('1, 5');
    expect(fieldText(NaN)).toBe('');
  });
});

describe('check', () => {
  it('passes the presets', () => {
    for (const preset of PRESETS) expect(check(preset.spec).spec).toEqual(preset.spec);
  });

  it('names the field and says what it must be', () => {
    const { spec: checked, errors } = check(writeField(writeField(spec, 'training.steps', NaN), 'training.learningRate', -1));
    expect(checked).toBeNull();
    expect(errors.get('training.steps')).toBe('Steps must be a whole number from 1 to 100,000.');
    expect(errors.get('training.learningRate')).toBe('Learning rate must be a number above 0, not -1.');
    const uneven = check(writeField(spec, 'training.accumulate', 5));
    expect(uneven.errors.get('training.accumulate')).toMatch(/must divide the users per step/);
    const cache = writeField(writeField(spec, 'training.cacheMegabytes', 50), 'lora.firstLayer', 2);
    expect(check(cache).errors.get('training.cacheMegabytes')).toMatch(/do not train the input vectors/);
    expect(check(writeField(cache, 'lora.trainInputs', false)).spec).not.toBeNull();
  });
});

describe('arms', () => {
  it('get an unused ID when duplicated', () => {
    const [action, karma] = spec.arms;
    const copy = copyOf(karma!, spec.arms);
    expect([copy.id, copy.label]).toEqual(['karma-2', 'KARMA 2']);
    expect(copyOf(copy, [action!, karma!, copy]).id).toBe('karma-3');
    expect(check(writeField(spec, 'arms', [...spec.arms, copy])).spec).not.toBeNull();
  });

  it('read as their weights', () => {
    expect(spec.arms.map(armLine)).toEqual(['action loss alone', 'λ_gen 0.3 · λ_rec 0.3']);
  });
});

describe('section lines', () => {
  it('summarise each section in one line', () => {
    const record = smallRecord();
    const standard = runSpecSchema.parse({ version: 1, model: { precision: 'auto' } });
    expect(modelLine(standard, record.model, null)).toBe('wordnet-1m · 1.3M · auto');
    expect(modelLine(standard, record.model, { precision: 'f16' })).toBe('wordnet-1m · 1.3M · f16 (auto)');
    const manual = writeField(standard, 'model.precision', 'q8_0');
    expect(modelLine(manual, null, { precision: 'f16' })).toBe('wordnet-1m · Q8_0');
    const fileStorage: FileStorage = [
      { type: 'Q4_0', format: 'q4_0', weights: 9 },
      { type: 'Q6_K', format: 'f16', weights: 4 },
    ];
    expect(modelLine(standard, null, { precision: 'file', fileStorage })).toBe(
      'wordnet-1m · Q4_0, as in the file; Q6_K, widened to f16 (auto)',
    );
    expect(logLine(standard, record.data)).toBe('store · 6 users · 1,000 items');
    expect(objectiveLine(standard)).toBe('full softmax · one token · cosine τ 0.07');
    expect(loraLine(standard)).toBe('rank 8 · α 16 · all projections');
    const headsAlone = { ...standard, lora: { ...standard.lora, firstLayer: NO_LAYER } };
    expect(loraLine(headsAlone)).toBe('no layer is adapted');
    expect(trainingLine(standard)).toBe('64 users per step · 20 warm-up steps · linear decay · seed 0');
    expect(evaluationLine(standard)).toBe('10 × auto users · 8 probes · ε 0.3');
  });
});

describe('another model', () => {
  const users = (): unknown[] => {
    const { sampleUsers, finalUsers } = useRecipe.getState().draft.evaluation;
    return [sampleUsers, finalUsers];
  };

  it('is evaluated on as many users as its speed allows, until the embedded one comes back', () => {
    choosePreset('quick');
    const usual = users();
    expect(usual).toEqual([64, 1500]);
    chooseModel('local:large');
    expect(users()).toEqual(['auto', 'auto']);
    chooseModel(EMBEDDED_MODEL);
    expect(users()).toEqual(usual);
  });

  it('leaves alone what the user has set', () => {
    choosePreset('quick');
    setField('evaluation.sampleUsers', 40);
    chooseModel('local:large');
    expect(users()).toEqual([40, 'auto']);
    choosePreset('quick');
    setField('evaluation.sampleUsers', 'auto');
    chooseModel(EMBEDDED_MODEL);
    expect(users()).toEqual(['auto', 1500]);
    chooseModel('local:large');
    setField('evaluation.sampleUsers', 150);
    chooseModel('local:larger');
    expect(users()).toEqual([150, 'auto']);
    choosePreset('collapse');
  });
});

describe('another log', () => {
  const own = { ...smallRecord().data, id: 'mine.csv', users: 600, items: 900 };

  it('gets a recipe that runs on it, but for what the user has set, and gives it back with the sample', () => {
    choosePreset('collapse');
    setField('features.collaborative', 0.9);
    suitLog(null, own);
    const { draft } = useRecipe.getState();
    expect(draft).toMatchObject({ data: { id: 'mine.csv' }, features: { source: 'lm+words', axes: 256, collaborative: 0.9 } });
    expect([draft.objective.embeddingSize, draft.objective.skipLast, draft.training.steps]).toEqual([512, 0.1, 112]);
    suitLog(own, { ...own, id: 'sample' });
    const { spec } = PRESETS.find(({ id }) => id === 'collapse')!;
    expect(useRecipe.getState().draft).toEqual(writeField(spec, 'features.collaborative', 0.9));
  });
});
