import { t } from '../../../../words/words';
import { useExperiment } from '../../../state/run/experiment';
import { adapterName } from '../../../../readings/adapterName';
import styles from './Recipe.module.css';

/** What trains here: the adapter, and what makes its numbers or its speed another. */
export function DeviceLine() {
  const device = useExperiment((experiment) => experiment.device);
  if (device.state === 'probing') return <p className={styles.note}>{t('Looking for an adapter…')}</p>;
  if (device.state === 'missing') return <p className={styles.note}>{t('No WebGPU here')}</p>;
  const { adapter } = device;
  return (
    <p className={styles.note} title={adapter.description}>
      {t('Adapter:')} <span translate="no">{adapterName(adapter)}</span> · {adapter.f16 ? t('f16 supported') : t('f32 only')}
      {adapter.fallback && (
        <>
          {' · '}
          <span title={t('The CPU stands in for a GPU: results are the same, but speed says nothing about GPUs.')}>
            {t('software')}
          </span>
        </>
      )}
    </p>
  );
}
