import type { ReactNode } from 'react';
import type { ArmMark } from '../../../scene/marks/armMark';
import styles from './ModelSection.module.css';
import { Swatch } from './Swatch';

interface ModelSectionProps {
  /** For screen readers. */
  readonly name: string;
  readonly label: string;
  readonly mark: ArmMark;
  /** A note beside the label, such as the step. */
  readonly note?: string | undefined;
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** One model's output, in a row of models. */
export function ModelSection({ name, label, mark, note, busy, children }: ModelSectionProps) {
  return (
    <section className={styles.model} aria-label={name} aria-busy={busy}>
      <h3>
        <Swatch mark={mark} /> <span translate="no">{label}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </h3>
      {children}
    </section>
  );
}
