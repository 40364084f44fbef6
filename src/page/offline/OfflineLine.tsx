import styles from '../models/Models.module.css';
import { useOffline } from './offline';

const WORDS = {
  never: null,
  preparing: 'Making the page ready to open offline…',
  ready: 'Ready offline: the page, the embedded model, the sample log, the recorded run and what is stored above.',
  failed: 'Not ready offline: the browser could not store all of the page’s files.',
} as const;

/** Says whether the page opens without a network. */
export function OfflineLine() {
  const words = useOffline(({ state }) => WORDS[state]);
  return words && <p className={styles.facts}>{words}</p>;
}
