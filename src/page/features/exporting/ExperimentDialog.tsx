import { useState } from 'react';
import { t } from '../../../words/words';
import { createPortal } from 'react-dom';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import type { RunRecord } from '../../../record/runRecord';
import { Checkbox } from '../../ui/controls/Choice';
import { useModal } from '../../ui/controls/useModal';
import { count, listed } from '../../../readings/format';
import { useExperiment } from '../../state/run/experiment';
import { isBusy } from '../../../runtime/experimentState';
import { exportExperiment } from '../../state/session/exports';
import { useSession } from '../../state/session/SessionContext';
import styles from '../../ui/Dialog.module.css';

interface ExperimentDialogProps {
  readonly record: RunRecord;
  /** Arms whose adapters the worker has. */
  readonly trained: readonly string[];
  readonly onClose: () => void;
}

/** What goes into the archive of the experiment on the page. */
export function ExperimentDialog({ record, trained, onClose }: ExperimentDialogProps) {
  const session = useSession();
  const dialog = useModal(true);
  const [withLog, setWithLog] = useState(false);
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const { data, spec } = record;
  const adapters = spec.arms.filter(({ id }) => trained.includes(id)).map(({ label }) => label);
  const open = opened !== null && opened.id === data.id && opened.hash === data.hash;
  return createPortal(
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="experiment-title" onClose={onClose}>
      <h2 id="experiment-title">{t('“{recipe}” as one ZIP', { recipe: spec.name })}</h2>
      <p>
        {adapters.length > 0
          ? t(
              'Record, recipe, metrics as CSV, methods with BibTeX, a reproducibility checklist, how the log was read, and the adapters of {arms}. Open restores it.',
              { arms: listed(adapters) },
            )
          : t(
              'Record, recipe, metrics as CSV, methods with BibTeX, a reproducibility checklist, how the log was read. Open restores it.',
            )}
      </p>
      {adapters.length === 0 && (
        <p className={styles.note}>{t('No adapters: the trained weights are gone, or another run has replaced them.')}</p>
      )}
      <div className={styles.choice}>
        {data.id === SAMPLE_LOG.id ? (
          <p className={styles.note}>{t('The log, {log}, comes with the page.', { log: data.name })}</p>
        ) : open && !busy ? (
          <>
            <Checkbox
              label={t('With the log, {n} events, as CSV', { n: count(data.interactions) })}
              checked={withLog}
              onChange={setWithLog}
            />
            <p className={styles.note}>
              {t(
                'It contains every user’s ID and history. Texts are not escaped: a spreadsheet may run some of them as formulas.',
              )}
            </p>
          </>
        ) : (
          <p className={styles.note}>
            {busy
              ? t('The log can be included once the run has ended.')
              : t('The log, {log}, is not open, so it cannot be included.', { log: data.name })}
          </p>
        )}
      </div>
      <form method="dialog" className={styles.buttons}>
        <button
          type="submit"
          className={styles.primary}
          onClick={() => {
            void exportExperiment(session, record, trained, withLog);
          }}
        >
          {t('Save')}
        </button>
        <button type="submit">{t('Cancel')}</button>
      </form>
    </dialog>,
    document.body,
  );
}
