import { t } from '../../../../words/words';
import styles from './Recipe.module.css';

interface HintProps {
  /** ID of the field's control, from which the hint's is derived. */
  readonly id: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** Shows a field's hint, also by touch and with keys. */
export function HintButton({ id, label, hint, open, onToggle }: HintProps) {
  if (hint === undefined) return null;
  return (
    <button
      type="button"
      className={styles.about}
      aria-expanded={open}
      aria-controls={`${id}-hint`}
      onClick={onToggle}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        onToggle();
      }}
    >
      <span aria-hidden="true">?</span>
      <span className="visually-hidden">{t('About {field}', { field: label })}</span>
    </button>
  );
}

/** The hint itself; even when hidden, it describes the control. */
export function HintText({ id, hint, open }: Pick<HintProps, 'id' | 'hint' | 'open'>) {
  if (hint === undefined) return null;
  return (
    <p id={`${id}-hint`} className={styles.hint} hidden={!open}>
      {hint}
    </p>
  );
}
