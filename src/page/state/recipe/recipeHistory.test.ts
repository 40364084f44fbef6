import { beforeEach, expect, it } from 'vitest';
import { PRESETS } from '../../../recipe/presets';
import { setField, setRecipe, useRecipe } from './recipe';
import { followRecipe, redoRecipe, undoRecipe, useRecipeHistory } from './recipeHistory';

let now = 0;
let stop: () => void = () => undefined;
beforeEach(() => {
  now = 0;
  setRecipe(PRESETS[0]!.id, PRESETS[0]!.spec);
  stop();
  stop = followRecipe(undefined, () => now);
});

const steps = (): number => useRecipe.getState().draft.training.steps;

function change(to: number, after = 5000): void {
  now += after;
  setField('training.steps', to);
}

it('undoes and redoes changes, and forgets undone ones after another change', () => {
  const first = steps();
  change(11);
  change(12);
  undoRecipe();
  expect(steps()).toBe(11);
  undoRecipe();
  undoRecipe();
  expect(steps()).toBe(first);
  redoRecipe();
  redoRecipe();
  redoRecipe();
  expect(steps()).toBe(12);
  undoRecipe();
  change(13);
  expect(useRecipeHistory.getState().future).toEqual([]);
  undoRecipe();
  expect(steps()).toBe(11);
});

it('treats continuous typing as one change, and leaves the open log unchanged', () => {
  const first = steps();
  for (const typed of [1, 12, 123]) change(typed, 100);
  setField('data.id', 'my log');
  undoRecipe();
  expect(steps()).toBe(first);
  expect(useRecipe.getState().draft.data.id).toBe('my log');
});
