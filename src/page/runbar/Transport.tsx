import { useExperiment } from '../state/experiment';
import { isBusy } from '../../runtime/experimentState';
import { useTabs } from '../state/tabs';
import { useTransport } from './useTransport';
import styles from './Transport.module.css';

export function Transport() {
  const phase = useExperiment((experiment) => experiment.phase);
  const { toggle, step, stop, hindrance } = useTransport();
  const watching = useTabs((tabs) => tabs.watching);
  const running = phase === 'running';
  const blocked = watching || phase === 'preparing' || (hindrance !== null && !isBusy(phase));
  const reason = watching ? 'Another tab of this page is training' : hindrance !== null && !isBusy(phase) ? hindrance : undefined;
  return (
    <div className={styles.transport} role="group" aria-label="Training">
      <button type="button" className={styles.main} onClick={toggle} disabled={blocked} title={reason}>
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <path d={running ? 'M1 0h3v10H1zM6 0h3v10H6z' : 'M1 0l8 5-8 5z'} fill="currentColor" />
        </svg>
        {running ? 'Pause' : 'Run'}
      </button>
      <button type="button" onClick={step} disabled={blocked} title={reason}>
        Step
      </button>
      <button type="button" onClick={stop} disabled={watching || !isBusy(phase)}>
        Stop
      </button>
    </div>
  );
}
