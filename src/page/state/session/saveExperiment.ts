import { inEnglish } from '../../../words/words';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { RunRecord } from '../../../record/runRecord';
import type { ExperimentParts } from '../../../experiment/train/experimentParts';
import { setOpening } from '../opening/openingState';
import { exportedVerdict } from '../runs/shownVerdict';
import { recordRunId } from '../../../readings/runs/runEntry';
import { useRuns } from '../runs/runsState';
import { checklist } from '../../../readings/methods/checklist';
import { packExperiment } from '../../../files/experimentArchive';

/** Downloads an experiment as a ZIP archive, and says what could not be included. */
export async function saveExperiment(record: RunRecord, parts: ExperimentParts): Promise<void> {
  const { entries } = useRuns.getState();
  const notes = entries.find(({ id }) => id === recordRunId(record))?.notes;
  const [verdict, items] = inEnglish(() => [exportedVerdict(record), checklist(record, entries)] as const);
  const archive = await packExperiment(record, verdict, items, parts, notes);
  saveFile(`${slugOf(record.spec.name)}.experiment.zip`, new Blob([archive], { type: 'application/zip' }));
  if (parts.problem !== null) setOpening({ problem: parts.problem });
}
