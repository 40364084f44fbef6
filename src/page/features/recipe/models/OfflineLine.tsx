import styles from './Models.module.css';
import { useOffline } from '../../../state/offline/offline';
import { message, t } from '../../../../words/words';

const WORDS = {
  never: null,
  preparing: message('Making the page ready to open offline…'),
  ready: message('Ready offline: the page, the embedded model, the sample log, the recorded run and what is stored above.'),
  failed: message('Not ready offline: the browser could not store all of the page’s files.'),
} as const;

/** Says whether the page opens without a network. */
export function OfflineLine() {
  const words = useOffline(({ state }) => WORDS[state]);
  return words && <p className={styles.facts}>{t(words)}</p>;
}
