import { t } from '../../../../words/words';
import { gridRatesOf } from '../../../../readings/story/gridRuns';
import { SweepPanel } from '../../../ui/panel/SweepPanel';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { shippedSweepOf, useShippedSweep } from '../../../state/opening/shippedSweep';

/**
 * What the learning rate does to each arm, by the grid behind the run on the page; nothing if that has no
 * other rates.
 */
export function ShippedSweep() {
  const record = useMeasuredRecord();
  const sweep = shippedSweepOf(useShippedSweep());
  if (sweep === null || gridRatesOf(sweep, record).length < 2) return null;
  return <SweepPanel sweep={sweep} name={() => t('Over the learning rate')} own={false} />;
}
