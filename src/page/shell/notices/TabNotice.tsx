import { useTabs } from '../../state/run/tabs';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Says that the run on the page belongs to another tab. */
export function TabNotice() {
  const watching = useTabs((tabs) => tabs.watching);
  if (!watching) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Another tab is training')}>
      <p>{t('Another tab of this page is training. Its run is shown here live; pause, stop and change it there.')}</p>
    </section>
  );
}
