import { useMemo } from 'react';
import { inEnglish, t } from '../../../words/words';
import { createPortal } from 'react-dom';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { RunRecord } from '../../../record/runRecord';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useModal } from '../../ui/controls/useModal';
import { count } from '../../../readings/format';
import { useRuns } from '../../state/runs/runsState';
import { checklist, checklistMarkdown, missingOf } from '../../../readings/methods/checklist';
import styles from '../../ui/Dialog.module.css';

interface ChecklistDialogProps {
  readonly record: RunRecord;
  readonly onClose: () => void;
}

/** What others need to repeat the run on the page, and what is missing. */
export function ChecklistDialog({ record, onClose }: ChecklistDialogProps) {
  const dialog = useModal(true);
  const entries = useRuns((runs) => runs.entries);
  const items = useMemo(() => inEnglish(() => checklist(record, entries)), [record, entries]);
  const missing = missingOf(items).length;
  const text = inEnglish(() => checklistMarkdown(record, items));
  return createPortal(
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="checklist-title" onClose={onClose}>
      <h2 id="checklist-title">{t('Can “{recipe}” be reproduced?', { recipe: record.spec.name })}</h2>
      <p>
        {missing === 0
          ? t('All {n} items are filled from the run and the saved runs.', { n: count(items.length) })
          : t('{complete} of {n} items are complete; the others lack what neither the run nor the saved runs say.', {
              complete: count(items.length - missing),
              n: count(items.length),
            })}
      </p>
      <form method="dialog" className={styles.buttons}>
        <CopyButton label={t('Copy as Markdown')} text={text} />
        <button
          type="button"
          onClick={() => {
            saveFile(`${slugOf(record.spec.name)}.checklist.md`, new Blob([text], { type: 'text/markdown' }));
          }}
        >
          {t('Save as file')}
        </button>
        <button type="submit">{t('Close')}</button>
      </form>
      <dl className={styles.checklist} translate="no" lang="en">
        {items.map(({ topic, answer, missing: lacking }) => (
          <div key={topic} data-missing={lacking !== null}>
            <dt>
              <span aria-hidden="true">{lacking === null ? '✓' : '○'}</span> {topic}
            </dt>
            <dd>
              {answer}
              {lacking !== null && (
                <p>
                  <b>Missing:</b> {lacking}.
                </p>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </dialog>,
    document.body,
  );
}
