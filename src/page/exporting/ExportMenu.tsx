import { lazy, Suspense, useState } from 'react';
import { saveFile, slugOf } from '../../charts/export/saveFile';
import { Menu, type MenuEntry } from '../controls/Menu';
import { useExperiment } from '../state/experiment';
import { useSession } from '../state/SessionContext';

const ExperimentDialog = lazy(async () => ({
  default: (await import('./ExperimentDialog')).ExperimentDialog,
}));
const ChecklistDialog = lazy(async () => ({
  default: (await import('./ChecklistDialog')).ChecklistDialog,
}));
const MethodsDialog = lazy(async () => ({
  default: (await import('./MethodsDialog')).MethodsDialog,
}));

/** Exports the run on the page; adapters only while the worker that trained them has them. */
export function ExportMenu() {
  const session = useSession();
  const record = useExperiment((experiment) => experiment.record);
  const trained = useExperiment((experiment) => (experiment.source === 'live' ? experiment.trained : null));
  const [dialog, setDialog] = useState<'methods' | 'experiment' | 'checklist' | null>(null);
  const close = (): void => {
    setDialog(null);
  };
  const entries: MenuEntry[] = [];
  if (record) {
    const slug = slugOf(record.spec.name);
    entries.push(
      [
        'Run record, JSON',
        () => {
          saveFile(`${slug}.run.json`, new Blob([JSON.stringify(record)], { type: 'application/json' }));
        },
      ],
      [
        'Metrics, JSON lines',
        () => {
          void import('../../experiment/metricsLines').then(({ metricsLines }) => {
            saveFile(`${slug}.metrics.jsonl`, new Blob([metricsLines(record)], { type: 'application/jsonl' }));
          });
        },
      ],
      [
        'Experiment, ZIP',
        () => {
          setDialog('experiment');
        },
      ],
      [
        'Run on a cluster, ZIP',
        () => {
          session.exportJob(record.spec);
        },
      ],
      [
        'Methods paragraph',
        () => {
          setDialog('methods');
        },
      ],
      [
        'Reproducibility checklist',
        () => {
          setDialog('checklist');
        },
      ],
    );
    for (const { id, label } of trained === null ? [] : record.spec.arms.filter((arm) => trained.includes(arm.id))) {
      entries.push([
        `LoRA of ${label}, PEFT`,
        () => {
          session.exportAdapter(id);
        },
      ]);
      entries.push([
        `${label} merged into the model, safetensors`,
        () => {
          session.exportMerged(id, record.spec);
        },
      ]);
    }
  }
  return (
    <>
      <Menu label="Export" disabled={record === null} entries={entries} />
      <Suspense>
        {dialog === 'methods' && record && <MethodsDialog record={record} onClose={close} />}
        {dialog === 'checklist' && record && <ChecklistDialog record={record} onClose={close} />}
        {dialog === 'experiment' && record && <ExperimentDialog record={record} trained={trained ?? []} onClose={close} />}
      </Suspense>
    </>
  );
}
