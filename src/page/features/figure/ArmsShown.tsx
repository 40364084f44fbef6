import { t } from '../../../words/words';
import { Checkbox } from '../../ui/controls/Choice';
import { useExperiment } from '../../state/run/experiment';
import { setView, useView } from '../../state/view/view';
import { armsOf } from '../../../readings/arms/armsOf';
import styles from './Figure.module.css';

/** Chooses which arms all figures show, if there are more than two or a link left some out. */
export function ArmsShown() {
  const record = useExperiment((experiment) => experiment.record);
  const chosen = useView((view) => view.arms);
  const arms = record === null ? [] : armsOf(record);
  const shown = arms.filter(({ id }) => chosen?.includes(id) ?? true);
  if (arms.length < 3 && (shown.length === arms.length || shown.length === 0)) return null;
  const ids = (shown.length === 0 ? arms : shown).map(({ id }) => id);
  return (
    <div className={styles.arms} role="group" translate="no" aria-label={t('Arms shown')}>
      <span aria-hidden="true">{t('Arms shown')}</span>
      {arms.map(({ id, label }) => (
        <Checkbox
          key={id}
          label={label}
          checked={ids.includes(id)}
          onChange={(on) => {
            const next = arms.filter((arm) => (arm.id === id ? on : ids.includes(arm.id))).map((arm) => arm.id);
            // Figures need at least one.
            if (next.length > 0) setView({ arms: next.length === arms.length ? null : next });
          }}
        />
      ))}
    </div>
  );
}
