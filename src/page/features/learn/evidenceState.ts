/** The evidence of lessons, fetched when a lesson needs it and kept while the page is open. */
import { t } from '../../../words/words';
import { useMemo } from 'react';
import { create } from '../../state/store';
import type { Evidence } from '../../../learn/evidence';
import { needsSweep, runsOf, type Lesson } from '../../../learn/lesson';
import { recordedFiles, type RecordedId } from '../../../recipe/recordedFiles';
import type { RunRecord } from '../../../record/runRecord';
import { fetchRecordedRun } from '../../../files/fetchRecordedRun';
import { loadShippedSweep, useShippedSweep } from '../../state/opening/shippedSweep';

export type Fetched =
  | { readonly state: 'loading' }
  | { readonly state: 'here'; readonly record: RunRecord }
  | { readonly state: 'failed'; readonly reason: string };

type Runs = ReadonlyMap<RecordedId, Fetched>;

export const useEvidenceRuns = create<{ readonly runs: Runs }>()(() => ({ runs: new Map() }));

function set(id: RecordedId, fetched: Fetched): void {
  useEvidenceRuns.setState(({ runs }) => ({ runs: new Map(runs).set(id, fetched) }));
}

/** Fetches a run unless it is loaded or loading; a failed one is requested again. */
export async function loadRun(id: RecordedId): Promise<void> {
  const known = useEvidenceRuns.getState().runs.get(id);
  if (known !== undefined && known.state !== 'failed') return;
  set(id, { state: 'loading' });
  try {
    const read = await fetchRecordedRun(id, new AbortController().signal, () => undefined);
    if (read === null) set(id, { state: 'failed', reason: t('This site has no such recorded run.') });
    else if (read.kind === 'unreadable') set(id, { state: 'failed', reason: read.reason });
    else {
      set(id, { state: 'here', record: read.record });
      keepOffline(recordedFiles(id).run);
    }
  } catch (error) {
    set(id, { state: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether anything that one of these lessons speaks of is still being fetched. */
export function useLoading(lessons: readonly Lesson[]): boolean {
  const sweep = useShippedSweep().state === 'loading';
  const run = useEvidenceRuns(({ runs }) => lessons.flatMap(runsOf).some((id) => runs.get(id)?.state === 'loading'));
  return run || (sweep && lessons.some(needsSweep));
}

/**
 * On a first visit the service worker starts after the file was fetched, so the file is fetched again, from
 * the browser's own cache, for it to store.
 */
function keepOffline(file: string): void {
  // Only secure contexts have it.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined || workers.controller !== null) return;
  workers.addEventListener(
    'controllerchange',
    () => {
      // Without a network it is not stored, and nothing else is lost.
      fetch(import.meta.env.BASE_URL + file, { cache: 'force-cache' }).catch(() => undefined);
    },
    { once: true },
  );
}

/** Fetches everything that a lesson shows or mentions. */
export function loadLesson(lesson: Pick<Lesson, 'steps'>): void {
  for (const run of runsOf(lesson)) void loadRun(run);
  if (needsSweep(lesson)) void loadShippedSweep();
}

/** Everything that is loaded. */
export function useEvidence(): Evidence {
  const runs = useEvidenceRuns((state) => state.runs);
  const shipped = useShippedSweep();
  return useMemo(() => {
    const here = [...runs].flatMap(([id, run]) => (run.state === 'here' ? [[id, run.record] as const] : []));
    return { runs: new Map(here), sweep: shipped.state === 'here' ? shipped.sweep : null };
  }, [runs, shipped]);
}
