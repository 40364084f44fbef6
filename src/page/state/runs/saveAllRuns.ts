import { saveFile } from '../../../charts/export/saveFile';
import { packRuns } from '../../../files/runArchive';
import type { SavedRun } from '../../../readings/runs/runEntry';
import { t } from '../../../words/words';
import { setOpening } from '../opening/openingState';
import { recordsInTurn, useRuns } from './runsState';

/** Downloads every saved run as one file, which Open restores; says what could not be included. */
export async function saveAllRuns(): Promise<void> {
  const { entries, packed } = useRuns.getState();
  if (packed !== null || entries.length === 0) return;
  let missing = 0;
  async function* counted(): AsyncGenerator<SavedRun, void> {
    for await (const { entry, record } of recordsInTurn(entries)) {
      if (record) yield { entry, record };
      else missing += 1;
      useRuns.setState(({ packed: before }) => ({ packed: (before ?? 0) + 1 }));
    }
  }
  useRuns.setState({ packed: 0 });
  try {
    saveFile('karma-runs.zip', await packRuns(counted()));
    if (missing > 0)
      setOpening({
        problem: t(
          '{n, plural, one {The record of one run is missing, or this version of the page cannot read it: the run is not in the file.} other {The records of # runs are missing, or this version of the page cannot read them: these runs are not in the file.}}',
          { n: missing },
        ),
      });
  } catch (error) {
    setOpening({
      problem: t('The runs could not be saved as one file ({error}). They are unchanged in this browser.', {
        error: error instanceof Error ? error.message : String(error),
      }),
    });
  } finally {
    useRuns.setState({ packed: null });
  }
}
