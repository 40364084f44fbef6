/** The saved run whose figures are on the page is shown again at the next visit. */
import { showRecord, useExperiment } from '../run/experiment';
import { readLocal, writeLocal } from '../kept/local';
import { recordRunId } from '../../../readings/runs/runEntry';
import type { Experiment } from '../../../runtime/experimentState';
import { recordOf } from './runsState';

const KEY = 'karma-shown-run';

/** Shows the run that was shown last, if it is still saved. @returns whether it is */
export async function showKeptRun(): Promise<boolean> {
  const id = readLocal(KEY);
  const record = id === null ? null : await recordOf(id);
  // A run that was started meanwhile takes precedence.
  if (record === null || useExperiment.getState().record !== null) return false;
  showRecord(record, 'file');
  return true;
}

/** Remembers what is shown from now on. @returns a function that stops this */
export function followShownRun(): () => void {
  const remember = ({ record, source }: Experiment): void => {
    writeLocal(KEY, record === null || source === 'recorded' ? null : recordRunId(record));
  };
  // It may have been started while another one was being fetched.
  const shown = useExperiment.getState();
  if (shown.source === 'live') remember(shown);
  return useExperiment.subscribe((now, before) => {
    if (now.record?.createdAt !== before.record?.createdAt) remember(now);
  });
}
