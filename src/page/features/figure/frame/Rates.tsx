import { useMemo } from 'react';
import { isPreset } from '../../../../recipe/presets';
import { t } from '../../../../words/words';
import { useOpening } from '../../../state/opening/openingState';
import { shownRates, showRate } from '../../../state/opening/rates';
import { shippedSweepOf, useShippedSweep } from '../../../state/opening/shippedSweep';
import { useExperiment } from '../../../state/run/experiment';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { useView } from '../../../state/view/view';
import { Segments } from '../../../ui/controls/Choice';
import styles from './Frame.module.css';

/** The learning rate, if the site has runs of the recipe at several. */
export function Rates() {
  const record = useMeasuredRecord();
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  const sweep = shippedSweepOf(useShippedSweep());
  const rates = useMemo(
    () => (recorded && shown !== null && isPreset(shown) ? shownRates(record, shown, sweep) : []),
    [recorded, record, shown, sweep],
  );
  const chosen = useView((view) => view.rate) ?? record.spec.training.learningRate;
  if (rates.length < 2) return null;
  return (
    <span className={styles.third}>
      <Segments
        label={t('Learning rate')}
        value={chosen}
        options={rates.map(({ rate }) => ({ value: rate, label: String(rate) }))}
        onChange={(rate) => {
          const next = rates.find((one) => one.rate === rate);
          if (next) showRate(next);
        }}
      />
    </span>
  );
}
