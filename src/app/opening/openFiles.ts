/** Files that were dropped or chosen: a .json is a run record, anything else a log for the worker. */
import { isBusy } from '../state/foldEvents';
import { showRecord, useExperiment } from '../state/experiment';
import type { Session } from '../state/session';
import { lookAt } from '../state/view';
import { setOpening } from './openingState';
import { readRecord } from './readRecord';

export async function openFiles(files: readonly File[], session: Session): Promise<void> {
  const [first] = files;
  if (!first) return;
  setOpening({ problem: null });
  if (isBusy(useExperiment.getState().phase)) {
    setOpening({ problem: `Stop the experiment before opening ${first.name}.` });
    return;
  }
  if (!/\.json$/i.test(first.name)) {
    session.openLog(files);
    return;
  }
  const read = readRecord(await first.text());
  if (read.kind === 'unreadable') {
    setOpening({
      problem: `${first.name} is not a run record that this page can read (${read.reason}). What was on the page stays.`,
    });
    return;
  }
  showRecord(read.record, 'file');
  lookAt(read.record);
}
