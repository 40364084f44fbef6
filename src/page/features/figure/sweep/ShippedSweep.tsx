import { t } from '../../../../words/words';
import { useEffect, useState } from 'react';
import { RATES_BY_RANK, RATES_FILE, type RatesFile } from '../../../../recipe/recordedFiles';
import { Segments } from '../../../ui/controls/Choice';
import { useSeen } from '../../../ui/controls/useSeen';
import { SweepPanel } from '../../../ui/panel/SweepPanel';
import { loadShippedSweep, useShippedSweep } from '../../../state/opening/shippedSweep';
import styles from '../../../ui/panel/Sweep.module.css';

/** The site's finding over learning rates, by LoRA rank; nothing if the site has none. */
export function ShippedSweep() {
  const [wanted, setWanted] = useState<RatesFile>(RATES_FILE);
  const shipped = useShippedSweep(wanted);
  const first = useShippedSweep();
  const [place, seen] = useSeen<HTMLDivElement>();
  useEffect(() => {
    if (seen) void loadShippedSweep();
  }, [seen]);
  // The last one stays until the chosen one is loaded.
  const sweep = shipped.state === 'here' ? shipped.sweep : first.state === 'here' ? first.sweep : null;
  return (
    <div ref={place} className={styles.place}>
      {sweep && (
        <SweepPanel
          sweep={sweep}
          name={() => t('Over the learning rate')}
          own={false}
          controls={
            <Segments
              label={t('LoRA rank')}
              value={wanted}
              options={RATES_BY_RANK.map(({ rank, file }) => ({ value: file, label: String(rank) }))}
              onChange={(file) => {
                setWanted(file);
                void loadShippedSweep(file);
              }}
            />
          }
        />
      )}
      {shipped.state === 'unreadable' && (
        <p>{t('The findings over learning rates could not be read. {reason}', { reason: shipped.reason })}</p>
      )}
      {shipped.state === 'absent' && first.state === 'here' && <p>{t('This site has no findings for that rank.')}</p>}
    </div>
  );
}
