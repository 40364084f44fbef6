import { afterEach, beforeEach, expect, it } from 'vitest';
import { PRESETS } from '../../../recipe/presets';
import { keepState, keptRecipe } from './keptState';
import { setField, setRecipe, useRecipe } from '../recipe/recipe';
import { followRecipe, redoRecipe, undoRecipe } from '../recipe/recipeHistory';

let stops: (() => void)[] = [];
let now = 0;

function visit(): void {
  const kept = keptRecipe();
  if (kept !== null) setRecipe(kept.presetId, kept.draft);
  stops = [keepState(), followRecipe(kept?.history, () => now)];
}

function leave(): void {
  for (const stop of stops) stop();
  setRecipe(PRESETS[0]!.id, PRESETS[0]!.spec);
}

beforeEach(() => {
  localStorage.clear();
  setRecipe(PRESETS[0]!.id, PRESETS[0]!.spec);
});
afterEach(leave);

const steps = (): number => useRecipe.getState().draft.training.steps;

function change(to: number): void {
  now += 5000;
  setField('training.steps', to);
}

it('stores the draft, with earlier and undone changes, for the next visit', () => {
  visit();
  for (const to of [11, 12, 13]) change(to);
  undoRecipe();
  leave();
  visit();
  expect(steps()).toBe(12);
  redoRecipe();
  expect(steps()).toBe(13);
  undoRecipe();
  undoRecipe();
  expect(steps()).toBe(11);
});

it('stores only the nearest changes, and reads those that it can', () => {
  visit();
  for (let to = 100; to < 160; to++) change(to);
  leave();
  const kept = keptRecipe()!;
  expect(kept.history.past.map(({ draft }) => draft.training.steps)).toEqual(Array.from({ length: 20 }, (_, at) => 139 + at));
  const written = JSON.parse(localStorage.getItem('karma-recipe')!) as { undo: unknown[] };
  written.undo[2] = { presetId: 'of a later version' };
  localStorage.setItem('karma-recipe', JSON.stringify(written));
  expect(keptRecipe()!.history.past).toHaveLength(2);
  visit();
  for (const letter of 'abc') {
    now += 5000;
    setField('evaluation.domainTexts', Array<string>(400).fill(letter.repeat(400)));
  }
  expect(keptRecipe()!.history.past).toHaveLength(1);
});
