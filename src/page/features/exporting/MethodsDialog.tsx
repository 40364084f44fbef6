import { useMemo } from 'react';
import { inEnglish, t } from '../../../words/words';
import { createPortal } from 'react-dom';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { RunRecord } from '../../../record/runRecord';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useModal } from '../../ui/controls/useModal';
import { useRuns } from '../../state/runs/runsState';
import { useView } from '../../state/view/view';
import { shownVerdict } from '../../state/runs/shownVerdict';
import { verdictText } from '../../../readings/verdict/verdict';
import { checklist, missingSentence } from '../../../readings/methods/checklist';
import { bibtex, methodsFile, methodsParagraph } from '../../../readings/methods/methodsParagraph';
import styles from '../../ui/Dialog.module.css';

interface MethodsDialogProps {
  readonly record: RunRecord;
  readonly onClose: () => void;
}

/** A methods paragraph about the run on the page, to copy into a paper. */
export function MethodsDialog({ record, onClose }: MethodsDialogProps) {
  const dialog = useModal(true);
  const entries = useRuns((runs) => runs.entries);
  const oneSeed = useView((view) => view.oneSeed);
  const { verdict } = useMemo(() => inEnglish(() => shownVerdict(record, entries, null, oneSeed)), [record, entries, oneSeed]);
  const unsettled = useMemo(() => inEnglish(() => missingSentence(checklist(record, entries))), [record, entries]);
  const [paragraph, references] = inEnglish(() => [methodsParagraph(record, unsettled), bibtex(record)] as const);
  // The menu that opens it is in a bar with its own key handling.
  return createPortal(
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="methods-title" onClose={onClose}>
      <h2 id="methods-title">{t('Methods of “{recipe}”', { recipe: record.spec.name })}</h2>
      <form method="dialog" className={styles.buttons}>
        <CopyButton label={t('Copy paragraph')} text={paragraph} />
        <CopyButton label={t('Copy BibTeX')} text={references} />
        <button
          type="button"
          onClick={() => {
            saveFile(
              `${slugOf(record.spec.name)}.methods.md`,
              new Blob([inEnglish(() => methodsFile(record, verdict, unsettled))], {
                type: 'text/markdown',
              }),
            );
          }}
        >
          {t('Save as file')}
        </button>
        <button type="submit">{t('Close')}</button>
      </form>
      {verdict !== null && (
        <>
          <h3>{t('What was found')}</h3>
          <p className={styles.paragraph} translate="no" lang="en" aria-label={t('What was found')}>
            {inEnglish(() => verdictText(verdict))}
          </p>
          <h3>{t('Methods')}</h3>
        </>
      )}
      <p className={styles.paragraph} translate="no" lang="en" aria-label={t('Methods paragraph')}>
        {paragraph}
      </p>
      <h3>BibTeX</h3>
      <pre tabIndex={0} aria-label="BibTeX" translate="no">
        {references}
      </pre>
    </dialog>,
    document.body,
  );
}
