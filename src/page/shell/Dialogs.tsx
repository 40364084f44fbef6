import { lazy, Suspense } from 'react';
import type { RunRecord } from '../../record/runRecord';
import { useExperiment } from '../state/run/experiment';
import { leaveDialog, useView, type DialogId } from '../state/view/view';

// A visit may never open these.
const CommandPalette = lazy(async () => ({ default: (await import('./actions/CommandPalette')).CommandPalette }));
const HelpDialog = lazy(async () => ({ default: (await import('./keyboard/HelpDialog')).HelpDialog }));
const ShareDialog = lazy(async () => ({ default: (await import('../features/sharing/ShareDialog')).ShareDialog }));
const ExperimentDialog = lazy(async () => ({
  default: (await import('../features/exporting/ExperimentDialog')).ExperimentDialog,
}));
const ChecklistDialog = lazy(async () => ({ default: (await import('../features/exporting/ChecklistDialog')).ChecklistDialog }));
const MethodsDialog = lazy(async () => ({ default: (await import('../features/exporting/MethodsDialog')).MethodsDialog }));

/** The dialog that an action opened over the page. */
export function Dialogs() {
  const dialog = useView((view) => view.dialog);
  return (
    <Suspense>
      {dialog === 'commands' && <CommandPalette />}
      {dialog === 'help' && <HelpDialog />}
      {dialog === 'share' && <ShareDialog onClose={closing('share')} />}
      {(dialog === 'experiment' || dialog === 'methods' || dialog === 'checklist') && <OfRecord dialog={dialog} />}
    </Suspense>
  );
}

interface OfRecordProps {
  readonly dialog: 'experiment' | 'methods' | 'checklist';
}

/** The dialogs about the run on the page. */
function OfRecord({ dialog }: OfRecordProps) {
  const record = useExperiment((experiment): RunRecord | null => experiment.record);
  const trained = useExperiment((experiment) => (experiment.source === 'live' ? experiment.trained : NONE));
  if (record === null) return null;
  const onClose = closing(dialog);
  if (dialog === 'methods') return <MethodsDialog record={record} onClose={onClose} />;
  if (dialog === 'checklist') return <ChecklistDialog record={record} onClose={onClose} />;
  return <ExperimentDialog record={record} trained={trained} onClose={onClose} />;
}

const NONE: readonly string[] = [];

function closing(dialog: DialogId): () => void {
  return () => {
    leaveDialog(dialog);
  };
}
