import { useLocal } from '../state/local';
import { hostOf, revoke, useHubs } from './hubs';
import styles from './Models.module.css';

/** The hubs approved on this device, each with a button to revoke approval. */
export function AgreedHubs() {
  const agreed = useHubs((hubs) => hubs.agreed);
  const keeps = useLocal((local) => local.keeps);
  if (agreed.length === 0) return null;
  return (
    <details className={styles.kept}>
      <summary>
        Hubs approved {keeps ? 'on this device' : 'until the page is closed'}: {agreed.length}
      </summary>
      <ul>
        {agreed.map((origin) => (
          <li key={origin}>
            <span className={styles.group}>{origin}</span>
            <button
              type="button"
              className="plain"
              aria-label={`Revoke ${hostOf(origin)}`}
              onClick={() => {
                revoke(origin);
              }}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
