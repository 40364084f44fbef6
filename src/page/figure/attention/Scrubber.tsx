import { useId } from 'react';
import { t } from '../../../words/words';
import { count } from '../../format';
import { setView, useView } from '../../state/view';
import styles from './Attention.module.css';

interface ScrubberProps {
  readonly steps: readonly number[];
  readonly label?: string;
}

/** Moves all maps, and everything else that shows one step, through the steps at which attention was recorded. */
export function Scrubber({ steps, label = t('Step shown') }: ScrubberProps) {
  const id = useId();
  const chosen = useView((view) => view.step);
  const last = Math.max(0, steps.length - 1);
  const index =
    chosen === null
      ? last
      : Math.max(
          0,
          steps.findLastIndex((step) => step <= chosen),
        );
  const shown = steps[index];
  return (
    <div className={styles.scrubber}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.slider}>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          step={1}
          value={index}
          disabled={steps.length < 2}
          aria-valuetext={shown === undefined ? t('none recorded yet') : t('step {step}', { step: String(shown) })}
          onChange={(event) => {
            const next = Number(event.currentTarget.value);
            setView({ step: next === last ? null : (steps[next] ?? null) });
          }}
        />
        <span className={styles.stops} aria-hidden="true">
          {steps.map((step, i) => (
            <span key={step} data-on={i === index} style={{ left: `${last === 0 ? 0 : (100 * i) / last}%` }}>
              {steps.length <= 12 || i % Math.ceil(steps.length / 12) === 0 || i === last ? count(step) : ''}
            </span>
          ))}
        </span>
      </div>
      <span className={styles.shown}>
        {shown === undefined ? '–' : chosen === null ? t('{step}, latest', { step: count(shown) }) : count(shown)}
      </span>
    </div>
  );
}
