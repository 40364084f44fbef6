/**
 * Opens what a link shows: a recorded run, one of another site after consent, or one in the link; then sets
 * the view as the link says.
 */
import type { RunRecord } from '../../../record/runRecord';
import { cutWords } from '../../../record/shortened';
import { isBusy } from '../../../runtime/experimentState';
import { setOpening } from './openingState';
import { openRecordedRun } from './recordedRun';
import type { ReadRecord } from '../../../files/readRecord';
import { showRecord, useExperiment } from '../run/experiment';
import { setView } from '../view/view';
import { followLinkedRun } from './address';
import { fitView, type LinkedView, type ViewLink } from '../../../files/viewLink';
import { t } from '../../../words/words';

/**
 * Shows the run of a link.
 * @returns whether there is one, or a question about one, so that no other need be shown
 */
export async function showLinkedRun({ run, view }: ViewLink): Promise<boolean> {
  if (run === null) return false;
  if (run.kind === 'shipped') {
    await openRecordedRun(run.id);
    lookAsLinked(view);
    if (useExperiment.getState().source === 'recorded') followLinkedRun();
    return useExperiment.getState().record !== null;
  }
  if (run.kind === 'hosted') {
    const { isElsewhere } = await import('../../../files/hostedRun');
    if (isElsewhere(run.url)) {
      setOpening({ hostedRun: { url: run.url, view } });
      return false;
    }
    return openHostedRun(run.url, view);
  }
  const { unpackRun } = await import('../../../files/packedRun');
  const unpacked = await unpackRun(run.text);
  if (unpacked.kind === 'unreadable') {
    reportLinkProblems([t('The run in the link could not be read. {reason}', { reason: unpacked.reason })]);
    return false;
  }
  take(unpacked.record, view);
  if (unpacked.record.shortened) setOpening({ cut: cutWords(unpacked.record.shortened) });
  return true;
}

/** Fetches a run of another site and shows it; the user has consented. */
export async function openHostedRun(url: string, view: LinkedView): Promise<boolean> {
  const { fetchHostedRun } = await import('../../../files/hostedRun');
  const read: ReadRecord = await fetchHostedRun(url);
  if (read.kind === 'unreadable') {
    reportLinkProblems([t('The run of the link could not be opened. {reason}', { reason: read.reason })]);
    return false;
  }
  take(read.record, view);
  return true;
}

function take(record: RunRecord, view: LinkedView): void {
  if (isBusy(useExperiment.getState().phase)) {
    reportLinkProblems([
      t('An experiment runs: the run of the link was not put in its place. Open the link again when it is over.'),
    ]);
    return;
  }
  showRecord(record, 'file');
  setOpening({ shown: null });
  lookAsLinked(view);
  followLinkedRun();
}

/** Sets the view as a link says, and names what the run lacks. */
export function lookAsLinked(view: LinkedView): void {
  const { record } = useExperiment.getState();
  if (record === null) return;
  const fitted = fitView(record, view);
  setView(fitted.view);
  reportLinkProblems(fitted.problems);
}

/** Adds notes about the link. */
export function reportLinkProblems(problems: readonly string[]): void {
  if (problems.length > 0) setOpening((opening) => ({ linkProblems: [...opening.linkProblems, ...problems] }));
}
