/** The recorded experiments of the site: the first one is shown with the page, the others on request. */
import type { PresetId } from '../../../recipe/presets';
import { isRecorded } from '../../../recipe/recordedArms';
import { RECORDED_IDS, type RecordedId } from '../../../recipe/recordedFiles';
import { differingPaths } from '../../../recipe/specPath';
import { isBusy } from '../../../runtime/experimentState';
import { showRecord, useExperiment } from '../run/experiment';
import { choosePreset, presetOf, useRecipe } from '../recipe/recipe';
import { fetchRecordedRun } from '../../../files/fetchRecordedRun';
import { setOpening, useOpening } from './openingState';
import { loadShippedSweep } from './shippedSweep';

/** What is being loaded. */
let asked: AbortController | null = null;

/**
 * Shows the recorded run of the recipe if that is an unchanged preset with one, else the first, as long as
 * nothing else is shown.
 */
export async function loadRecordedRun(): Promise<void> {
  const nothing = (): boolean => useExperiment.getState().record === null;
  const first = RECORDED_IDS.find(isRecorded) ?? RECORDED_IDS[0];
  const { presetId, draft } = useRecipe.getState();
  const preset = isRecorded(presetId) && differingPaths(draft, presetOf(presetId).spec).length === 0 ? presetId : first;
  await load(preset, nothing);
  if (preset !== first && useOpening.getState().recorded.state === 'absent' && nothing()) await load(first, nothing);
}

/** Shows a recorded run, unless an experiment has started meanwhile or there is none. */
export function openRecordedRun(id: RecordedId): Promise<void> {
  const before = useExperiment.getState().record;
  return load(id, () => useExperiment.getState().record === before);
}

/** Chooses a preset, and shows its recorded run instead of another preset's; one's own experiment stays. */
export async function takePreset(preset: PresetId): Promise<void> {
  choosePreset(preset);
  const { phase, record, source } = useExperiment.getState();
  if (!isBusy(phase) && (record === null || source === 'recorded')) await openRecordedRun(preset);
}

async function load(id: RecordedId, wanted: () => boolean): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  setOpening({ recorded: { state: 'loading', done: 0, total: 0 } });
  try {
    // The sentences are of all runs of the grid behind it: they would change if that came later.
    const [read] = await Promise.all([
      fetchRecordedRun(id, mine.signal, (done, total) => {
        setOpening({ recorded: { state: 'loading', done, total } });
      }),
      loadShippedSweep(),
    ]);
    if (read === null) {
      setOpening({ recorded: { state: 'absent', id } });
      return;
    }
    if (read.kind === 'unreadable') {
      setOpening({ recorded: { state: 'unreadable', reason: read.reason } });
      return;
    }
    setOpening({ recorded: { state: 'loaded' } });
    if (!wanted()) return;
    setOpening({ shown: id });
    showRecord(read.record, 'recorded');
  } catch (error) {
    if (mine.signal.aborted) return;
    setOpening({ recorded: { state: 'unreadable', reason: error instanceof Error ? error.message : String(error) } });
  }
}
