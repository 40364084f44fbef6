import { message, t } from '../../../../words/words';
import { Segments } from '../../../ui/controls/Choice';
import { setView, useView } from '../../../state/view/view';
import type { Closer } from '../../../../readings/choices';
import { recordedSteps } from '../../../../readings/arms/armsOf';
import { Scrubber } from '../attention/Scrubber';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { LayerPanel } from './LayerPanel';
import { PlanePanel } from './PlanePanel';
import { SpectrumPanel } from './SpectrumPanel';
import styles from './Closer.module.css';

const CHOICES: readonly { value: Closer; label: string }[] = [
  { value: 'layers', label: message('sinks by layer') },
  { value: 'spectra', label: message('spectra') },
  { value: 'plane', label: message('one plane') },
];
const PANELS = { layers: LayerPanel, spectra: SpectrumPanel, plane: PlanePanel } as const;

/** One of three figures about collapse, at the step shown. */
export function CloserLook() {
  const record = useMeasuredRecord();
  const closer = useView((view) => view.closer);
  const Shown = PANELS[closer];
  return (
    <section aria-label={t('Closer look')}>
      <div className={styles.bar}>
        <Segments
          label={t('Closer look')}
          value={closer}
          options={CHOICES.map(({ value, label }) => ({ value, label: t(label) }))}
          onChange={(next) => {
            setView({ closer: next });
          }}
        />
        <Scrubber label={t('At step')} steps={recordedSteps(record.arms)} />
      </div>
      <Shown />
    </section>
  );
}
