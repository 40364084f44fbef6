import { useExperiment } from '../state/experiment';
import type { AdapterInfo } from '../../record/runRecord';
import styles from './DeviceBadge.module.css';

export function DeviceBadge() {
  const device = useExperiment((experiment) => experiment.device);
  if (device.state === 'probing') return <span className={styles.badge}>Looking for an adapter…</span>;
  if (device.state === 'missing') return <span className={styles.badge}>No WebGPU here</span>;
  const { adapter } = device;
  return (
    <span className={styles.badge} title={adapter.description}>
      <span className={styles.adapter}>{adapterName(adapter)}</span>
      <span>{adapter.f16 ? 'f16 supported' : 'f32 only'}</span>
      {adapter.fallback && (
        <span
          className={styles.fallback}
          title="The CPU stands in for a GPU: results are the same, but speed says nothing about GPUs."
        >
          software
        </span>
      )}
    </span>
  );
}

/** `google swiftshader`: whatever the browser reports. */
export function adapterName({ vendor, architecture, device, description }: AdapterInfo): string {
  return [vendor, architecture].filter(Boolean).join(' ') || device || description || 'unnamed adapter';
}
