import { t } from '../../../../words/words';
import { useLocal } from '../../../state/kept/local';
import { hostOf, revoke, useHubs } from '../../../state/kept/hubs';
import styles from './Models.module.css';

/** The hubs approved on this device, each with a button to revoke approval. */
export function AgreedHubs() {
  const agreed = useHubs((hubs) => hubs.agreed);
  const keeps = useLocal((local) => local.keeps);
  if (agreed.length === 0) return null;
  return (
    <details className={styles.kept}>
      <summary>
        {keeps
          ? t('Hubs approved on this device: {n}', { n: agreed.length })
          : t('Hubs approved until the page is closed: {n}', { n: agreed.length })}
      </summary>
      <ul>
        {agreed.map((origin) => (
          <li key={origin}>
            <span className={styles.group} translate="no">
              {origin}
            </span>
            <button
              type="button"
              className="plain"
              aria-label={t('Revoke {host}', { host: hostOf(origin) })}
              onClick={() => {
                revoke(origin);
              }}
            >
              {t('Revoke')}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
