import type { ReactNode } from 'react';
import type { ArmMark } from '../../../../scene/marks/armMark';
import { Swatch } from '../../../ui/controls/Swatch';
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

interface ColumnsProps {
  /** Of each column and between two, in pixels. */
  readonly width: number;
  readonly gap: number;
  /** `HeadedColumn`s. */
  readonly children: ReactNode;
}

/** Drawings side by side, in several rows where they have no room. */
export function Columns({ width, gap, children }: ColumnsProps) {
  return (
    <div className={styles.columns} style={{ columnGap: gap, gridTemplateColumns: `repeat(auto-fill, ${width}px)` }}>
      {children}
    </div>
  );
}

interface HeadedColumnProps {
  readonly heading: ReactNode;
  readonly children: ReactNode;
}

/** A drawing under its heading. */
export function HeadedColumn({ heading, children }: HeadedColumnProps) {
  return (
    <div className={styles.column}>
      {heading}
      <div>{children}</div>
    </div>
  );
}
