import { expect, it } from 'vitest';
import { earlierPreset } from './earlierPresets';
import { PRESETS } from './presets';
import { readField } from './specPath';
import { runSpecSchema } from './runSpec';

it('each have a name, a question and a recipe of their own that the schema leaves unchanged', () => {
  expect(new Set(PRESETS.map(({ label }) => label)).size).toBe(PRESETS.length);
  expect(new Set(PRESETS.map(({ spec }) => JSON.stringify({ ...spec, name: '' }))).size).toBe(PRESETS.length);
  for (const { id, note, spec } of PRESETS) {
    expect(runSpecSchema.parse(spec), id).toEqual(spec);
    expect(note.length, id).toBeGreaterThan(20);
    expect(readField(spec, 'evaluation.watch'), id).toBe('validation');
    expect(readField(spec, 'objective.headStart'), id).toBe('fitted');
  }
});

it('earlier ones keep their meaning: nothing added later is switched on', () => {
  const { headStart, embToken, maxHistory } = earlierPreset('1', 'quick')!.objective;
  expect({ headStart, embToken, maxHistory }).toEqual({ headStart: 'random', embToken: 'learned', maxHistory: 16 });
  for (const id of ['quick', 'standard', 'paper', 'overfit']) expect(earlierPreset('1', id)!.training.crop).toBe('random');
});
