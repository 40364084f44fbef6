import { useId } from 'react';
import { t } from '../../../../words/words';
import { useWidth } from '../../../../charts/axes/useWidth';
import { count } from '../../../../readings/format';
import { setView, useView } from '../../../state/view/view';
import styles from './Attention.module.css';

interface ScrubberProps {
  readonly steps: readonly number[];
  readonly label?: string;
  /** Without its label, which is read aloud. */
  readonly compact?: boolean;
}

/** Pixels of a digit of a stop's label, which is bold when chosen, and between two labels. */
const [DIGIT, BETWEEN] = [7.5, 8];

/**
 * Moves all maps, and everything else that shows one step, through the steps at which attention was recorded.
 */
export function Scrubber({ steps, label = t('Step shown'), compact = false }: ScrubberProps) {
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
  const [track, width] = useWidth<HTMLDivElement>();
  const room = DIGIT * count(steps.at(-1) ?? 0).length + BETWEEN;
  const every = Math.max(1, Math.ceil(steps.length / 12), Math.ceil((room * last) / Math.max(1, width)));
  return (
    <div className={styles.scrubber}>
      <label htmlFor={id} className={compact ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <div ref={track} className={styles.slider}>
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
              {i === last || (i % every === 0 && last - i >= every) ? count(step) : ''}
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
