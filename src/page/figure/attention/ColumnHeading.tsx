import type { ArmMark } from '../../../charts/marks/armMark';
import { Swatch } from '../../controls/Swatch';
import styles from './ColumnHeading.module.css';

interface ColumnHeadingProps {
  /** None for columns that are not models. */
  readonly mark?: ArmMark;
  readonly label: string;
  readonly note: string;
}

/** The heading of a drawing in a row of drawings, one per model. */
export function ColumnHeading({ mark, label, note }: ColumnHeadingProps) {
  return (
    <h3 className={styles.heading}>
      {mark && <Swatch mark={mark} />}
      <span translate="no">{label}</span>
      <small>{note}</small>
    </h3>
  );
}
