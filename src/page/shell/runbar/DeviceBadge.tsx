import { t } from '../../../words/words';
import { useExperiment } from '../../state/run/experiment';
import { adapterName } from '../../../readings/adapterName';
import styles from './DeviceBadge.module.css';

export function DeviceBadge() {
  const device = useExperiment((experiment) => experiment.device);
  if (device.state === 'probing') return <span className={styles.badge}>{t('Looking for an adapter…')}</span>;
  if (device.state === 'missing') return <span className={styles.badge}>{t('No WebGPU here')}</span>;
  const { adapter } = device;
  return (
    <span className={styles.badge} title={adapter.description}>
      <span className={styles.adapter} translate="no">
        {adapterName(adapter)}
      </span>
      <span>{adapter.f16 ? t('f16 supported') : t('f32 only')}</span>
      {adapter.fallback && (
        <span
          className={styles.fallback}
          title={t('The CPU stands in for a GPU: results are the same, but speed says nothing about GPUs.')}
        >
          {t('software')}
        </span>
      )}
    </span>
  );
}
