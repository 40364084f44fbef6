/** Set-up of component tests, whose files share modules: every file finds the page's stores as a new page would. */
import { beforeAll } from 'vitest';
import { useGrid } from '../page/state/grid/gridState';
import { useIntake } from '../page/state/session/intakeState';
import { useAdapterOffer } from '../page/features/recipe/models/AdapterOffer';
import { useHubs } from '../page/state/kept/hubs';
import { useModels } from '../page/state/session/modelsState';
import { useOpening } from '../page/state/opening/openingState';
import { useRunFolder } from '../page/features/experiments/runs/runFolder';
import { useRuns } from '../page/state/runs/runsState';
import { useExhibit } from '../page/state/run/exhibit';
import { useExperiment } from '../page/state/run/experiment';
import { useInspection } from '../page/state/session/inspection';
import { useKeptRun } from '../page/state/run/keptRun';
import { useLanguage } from '../page/state/kept/language';
import { useLocal } from '../page/state/kept/local';
import { usePresenting } from '../page/state/view/presenting';
import { useRecipe } from '../page/state/recipe/recipe';
import { useRecipeHistory } from '../page/state/recipe/recipeHistory';
import { useTabs } from '../page/state/run/tabs';
import { useTexts } from '../page/state/session/texts';
import { useView } from '../page/state/view/view';

/** What `create` of zustand returns, as far as this needs it. */
interface Store {
  readonly setState: (state: never, replace: true) => void;
  readonly getInitialState: () => unknown;
}

const STORES: readonly Store[] = [
  ...[useAdapterOffer, useExhibit, useExperiment, useGrid, useHubs, useInspection, useIntake, useKeptRun, useLanguage, useLocal],
  ...[useModels, useOpening, usePresenting, useRecipe, useRecipeHistory, useRunFolder, useRuns, useTabs, useTexts, useView],
];

beforeAll(() => {
  localStorage.clear();
  for (const { setState, getInitialState } of STORES) setState(getInitialState() as never, true);
});
