/** Set-up of component tests, whose files share modules: every file finds the page's stores as a new page would. */
import { beforeAll } from 'vitest';
import { useGrid } from '../page/grid/gridState';
import { useIntake } from '../page/intake/intakeState';
import { useAdapterOffer } from '../page/models/AdapterOffer';
import { useHubs } from '../page/models/hubs';
import { useModels } from '../page/models/modelsState';
import { useOpening } from '../page/opening/openingState';
import { useRuns } from '../page/runs/runsState';
import { useExhibit } from '../page/state/exhibit';
import { useExperiment } from '../page/state/experiment';
import { useInspection } from '../page/state/inspection';
import { useKeptRun } from '../page/state/keptRun';
import { useLanguage } from '../page/state/language';
import { useLocal } from '../page/state/local';
import { usePresenting } from '../page/state/presenting';
import { useRecipe } from '../page/state/recipe';
import { useRecipeHistory } from '../page/state/recipeHistory';
import { useTabs } from '../page/state/tabs';
import { useTexts } from '../page/state/texts';
import { useView } from '../page/state/view';

/** What `create` of zustand returns, as far as this needs it. */
interface Store {
  readonly setState: (state: never, replace: true) => void;
  readonly getInitialState: () => unknown;
}

const STORES: readonly Store[] = [
  ...[useAdapterOffer, useExhibit, useExperiment, useGrid, useHubs, useInspection, useIntake, useKeptRun, useLanguage, useLocal],
  ...[useModels, useOpening, usePresenting, useRecipe, useRecipeHistory, useRuns, useTabs, useTexts, useView],
];

beforeAll(() => {
  localStorage.clear();
  for (const { setState, getInitialState } of STORES) setState(getInitialState() as never, true);
});
