import { isBusy } from '../../../runtime/experimentState';
import { PRESETS } from '../../../recipe/presets';
import { REAL_LLM_ID, REAL_LLM_LABEL } from '../../../recipe/realLlm';
import { openRecordedRun, takePreset } from '../../state/opening/recordedRun';
import { chooseFiles } from '../../state/session/open';
import { openKept, showHindrance, STOP_FIRST } from '../../state/runs/openKept';
import { chooseRunFolder, hasFolders, NO_FOLDERS } from '../../state/runs/runFolder';
import { useRuns } from '../../state/runs/runsState';
import { saveRecipe } from '../../state/recipe/saveRecipe';
import { useExperiment } from '../../state/run/experiment';
import { check, takeRecipe, useRecipe } from '../../state/recipe/recipe';
import { redoRecipe, undoRecipe, useRecipeHistory } from '../../state/recipe/recipeHistory';
import { setView, useView } from '../../state/view/view';
import type { Action, ActionGroup } from './action';
import { message, t } from '../../../words/words';

/** Files, a recorded run, and links. */
export const OPENING: ActionGroup = {
  label: message('Open and share'),
  actions: (session) => [
    {
      id: 'open',
      words: t('Open files'),
      hindrance: null,
      act: () => {
        chooseFiles(session);
      },
    },
    {
      id: 'share',
      words: t('Share'),
      hindrance: null,
      act: () => {
        setView({ dialog: 'share' });
      },
    },
    {
      id: `recorded-${REAL_LLM_ID}`,
      words: t('Show the recorded run: {label}', { label: t(REAL_LLM_LABEL) }),
      hindrance: isBusy(useExperiment.getState().phase) ? t(STOP_FIRST) : null,
      act: () => {
        void openRecordedRun(REAL_LLM_ID);
      },
    },
  ],
};

/**
 * What is done with all saved runs, then each of them, the latest first; apart from the rest of their group,
 * since a button of it must not list hundreds of runs at every frame.
 */
export const SAVED_RUNS: ActionGroup = {
  label: OPENING.label,
  actions: () => {
    const runs = useRuns.getState();
    const experiment = useExperiment.getState();
    return [
      {
        id: 'save-runs',
        words: t('Save all runs as one file'),
        hindrance: runs.entries.length === 0 ? t('No run is saved') : runs.packed === null ? null : t('They are being packed'),
        act: () => {
          void import('../../state/runs/saveAllRuns').then(({ saveAllRuns }) => saveAllRuns());
        },
      },
      {
        id: 'run-folder',
        words: t('Write finished runs to a folder'),
        hindrance: hasFolders() ? null : t(NO_FOLDERS),
        act: () => {
          void chooseRunFolder();
        },
      },
      ...runs.entries.toReversed().map((entry) => ({
        id: `run-${entry.id}`,
        words: t('Show the saved run {name}, seed {seed}', { name: entry.spec.name, seed: entry.spec.seed }),
        hindrance: showHindrance(entry.id, experiment, runs),
        oneOfMany: true,
        act: () => {
          void openKept(entry);
        },
      })),
    ];
  },
};

/** The recipe in the form. */
export const RECIPE: ActionGroup = {
  label: message('Recipe'),
  actions: () => {
    const { past, future } = useRecipeHistory.getState();
    const { draft } = useRecipe.getState();
    const { record } = useExperiment.getState();
    const open = useView.getState().recipeOpen;
    return [
      {
        id: 'undo',
        words: t('Undo the last change of the recipe'),
        shortcut: { key: 'z', ctrl: true },
        hindrance: past.length === 0 ? t('Nothing to undo') : null,
        act: undoRecipe,
      },
      {
        id: 'redo',
        words: t('Redo the next change of the recipe'),
        shortcut: { key: 'z', ctrl: true, shift: true },
        hindrance: future.length === 0 ? t('Nothing to redo') : null,
        act: redoRecipe,
      },
      {
        id: 'fold-recipe',
        words: open ? t('Fold the recipe') : t('Unfold the recipe'),
        hindrance: null,
        act: () => {
          setView({ recipeOpen: !open });
        },
      },
      {
        id: 'save-recipe',
        words: t('Save the recipe as a file'),
        hindrance: check(draft).spec === null ? t('A field of the recipe is wrong') : null,
        act: saveRecipe,
      },
      {
        id: 'take-recipe',
        words: t('Use the settings of the run shown'),
        hindrance: record === null ? t('No experiment is shown') : null,
        act: () => {
          if (record) takeRecipe(record.spec);
        },
      },
      ...PRESETS.map(({ id, label }): Action => ({
        id: `preset-${id}`,
        words: t('Preset {label}', { label }),
        hindrance: null,
        act: () => {
          void takePreset(id);
        },
      })),
    ];
  },
};
