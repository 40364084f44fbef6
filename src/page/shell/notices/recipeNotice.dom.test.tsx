import { act, screen } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { writeRecipe } from '../../../recipe/recipeFile';
import { runSpecSchema } from '../../../recipe/runSpec';
import { show } from '../../../testing/component';
import { openFiles } from '../../state/session/openFiles';
import { setOpening } from '../../state/opening/openingState';
import { useRecipe } from '../../state/recipe/recipe';
import type { Session } from '../../state/session/session';
import { RecipeNotice } from './RecipeNotice';

beforeEach(() => {
  setOpening({ recipeFile: null, problem: null });
});

it('says that a file was a recipe, and where its settings went', async () => {
  const user = show(<RecipeNotice />);
  expect(screen.queryByRole('status')).toBeNull();
  const text = writeRecipe(runSpecSchema.parse({ training: { steps: 17 } }), null);
  await act(() => openFiles([new File([text], 'ours.json')], {} as Session));
  expect(useRecipe.getState().draft.training.steps).toBe(17);
  expect(screen.getByRole('status').textContent).toMatch(/^ours\.json is a recipe: .*Undo/);
  await user.click(screen.getByRole('button', { name: 'Dismiss' }));
  expect(screen.queryByRole('status')).toBeNull();
});
