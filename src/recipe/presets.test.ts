import { expect, it } from 'vitest';
import { EARLIER_PRESETS } from './earlierPresets';
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
  const { headStart, embToken, maxHistory } = EARLIER_PRESETS.quick!.objective;
  expect({ headStart, embToken, maxHistory }).toEqual({ headStart: 'random', embToken: 'learned', maxHistory: 16 });
  for (const spec of Object.values(EARLIER_PRESETS)) expect(spec.training.crop).toBe('random');
});
