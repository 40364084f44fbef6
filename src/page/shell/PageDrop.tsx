import { useEffect } from 'react';
import { useSession } from '../state/session/SessionContext';
import { droppedFiles } from '../../files/droppedFiles';
import { open } from '../state/session/open';
import { setOpening, useOpening } from '../state/opening/openingState';
import styles from './PageDrop.module.css';
import { t } from '../../words/words';

/** Lets the whole page accept a dropped log, model or adapter folder, run record or experiment. */
export function PageDrop() {
  const session = useSession();
  const dragging = useOpening((opening) => opening.dragging);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOpening({ dragging: true });
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOpening({ dragging: false });
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOpening({ dragging: false });
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => open(files, session));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [session]);
  if (!dragging) return null;
  return (
    <div className={styles.veil}>
      <p>
        {t('Drop a log (CSV, JSON, Parquet, compressed or not), a model’s or an adapter’s folder, a run or an experiment.')}
        <br />
        {t('Your data never leaves this tab.')}
      </p>
    </div>
  );
}
