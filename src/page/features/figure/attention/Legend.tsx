import { t } from '../../../../words/words';
import styles from './Attention.module.css';

interface LegendProps {
  readonly gradient: string;
  /** Evenly spaced. */
  readonly ticks: readonly string[];
  readonly label: string;
}

export function Legend({ gradient, ticks, label }: LegendProps) {
  return (
    <div
      className={styles.legend}
      role="img"
      aria-label={t('{label}, from {low} to {high}', { label, low: ticks[0] ?? '', high: ticks.at(-1) ?? '' })}
    >
      <span>{label}</span>
      <span data-legend="" className={styles.ramp} style={{ background: gradient }} />
      <span className={styles.ticks}>
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </span>
    </div>
  );
}
