import { expect, it } from 'vitest';
import { earlierPreset } from './earlierPresets';
import { PRESETS } from './presets';
import { readField, type SpecPath } from './specPath';
import { runSpecSchema, trainableSchema } from './runSpec';

it('each have a name, a question and a recipe of their own that the schema leaves unchanged', () => {
  expect(new Set(PRESETS.map(({ label }) => label)).size).toBe(PRESETS.length);
  expect(new Set(PRESETS.map(({ spec }) => JSON.stringify({ ...spec, name: '' }))).size).toBe(PRESETS.length);
  for (const { id, note, spec } of PRESETS) {
    expect(trainableSchema.parse(spec), id).toEqual(spec);
    expect(note.length, id).toBeGreaterThan(20);
  }
});

it('vary one recipe: features, heads and what is watched are the same in all', () => {
  const usual = runSpecSchema.parse({});
  const same = [
    'features.source',
    'features.axes',
    'objective.headStart',
    'objective.embeddingSize',
    'evaluation.watch',
  ] as const;
  for (const { id, spec } of PRESETS)
    for (const path of same satisfies readonly SpecPath[])
      expect(readField(spec, path), `${id} ${path}`).toEqual(readField(usual, path));
});

it('earlier ones keep their meaning: nothing added later is switched on', () => {
  const { headStart, embToken, maxHistory } = earlierPreset('1', 'quick')!.objective;
  expect({ headStart, embToken, maxHistory }).toEqual({ headStart: 'random', embToken: 'learned', maxHistory: 16 });
  for (const id of ['quick', 'standard', 'paper', 'overfit']) expect(earlierPreset('1', id)!.training.crop).toBe('random');
  for (const version of ['2', '3', '4'] as const) expect(earlierPreset(version, 'tuned')!.objective.headStart).toBe('fitted');
  const users = (version: '2' | '3' | '4') => earlierPreset(version, 'quick')!.evaluation.sampleUsers;
  expect([users('2'), users('3'), users('4')]).toEqual([150, 150, 64]);
  expect(earlierPreset('5', 'quick')!.training).toMatchObject({ steps: 60, finalLearningRateShare: 0.1 });
  expect(earlierPreset('5', 'strong')).toBe(PRESETS.find(({ id }) => id === 'strong')!.spec);
});
