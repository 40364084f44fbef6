import { message, t } from '../../../words/words';
import { isBusy, type Experiment } from '../../../runtime/experimentState';
import { setOpening } from '../opening/openingState';
import { showRecord } from '../run/experiment';
import { showFigure } from '../view/view';
import type { RunEntry } from '../../../readings/runs/runEntry';
import { recordOf, useRuns, type Runs } from './runsState';

export const STOP_FIRST = message('Stop the current experiment first');

/** Why a saved run's figures cannot be shown at present; null if they can. */
export function showHindrance(id: string, { phase }: Pick<Experiment, 'phase'>, { live }: Pick<Runs, 'live'>): string | null {
  return isBusy(phase) && live !== id ? t(STOP_FIRST) : null;
}

/** Shows a saved run's figures in place of the current ones; the run in progress is there already. */
export async function openKept({ id, spec }: RunEntry): Promise<void> {
  if (useRuns.getState().live !== id) {
    const record = await recordOf(id);
    if (!record) {
      setOpening({
        problem: t('The record of “{recipe}” is missing, or this version of the page cannot read it.', { recipe: spec.name }),
      });
      return;
    }
    showRecord(record, 'file');
  }
  showFigure();
}
