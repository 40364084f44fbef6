import { useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import type { ExampleUser } from '../../../../log/intake/splitPreview';
import { count } from '../../../../readings/format';
import { useIntake } from '../../../state/session/intakeState';
import { logTimeText } from './words';
import { PART_LABELS } from './parts';
import styles from './Split.module.css';

const NONE: readonly ExampleUser[] = [];

interface ExampleUsersProps {
  /** Without what the split makes of each event. */
  readonly bare?: boolean;
}

/** Users under the split, one at a time. */
export function ExampleUsers({ bare = false }: ExampleUsersProps) {
  const examples = useIntake((intake) => intake.preview?.examples ?? NONE);
  const dated = useIntake((intake) => intake.facts?.times !== null);
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, examples.length - 1);
  const user = examples[at];
  if (user === undefined) return null;
  return (
    <section className={styles.example} data-bare={bare || undefined} aria-labelledby="intake-example">
      <h3 id="intake-example">
        <T text="User <code>{user}</code>" values={{ user: user.id, code: (inside) => <code translate="no">{inside}</code> }} />
        {examples.length > 1 && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              setChosen((at + 1) % examples.length);
            }}
          >
            {t('Another user')}
          </button>
        )}
      </h3>
      <ol start={user.earlier + 1}>
        {user.earlier > 0 && <li className={styles.earlier}>{t('{n} earlier events', { n: count(user.earlier) })}</li>}
        {user.events.map((event, place) => (
          <li key={place} data-part={bare ? undefined : event.part}>
            {!bare && <span className={styles.part}>{t(PART_LABELS[event.part])}</span>}
            <span className={styles.title} translate="no">
              {event.title}
            </span>
            {event.query !== '' && <q translate="no">{event.query}</q>}
            {dated && <time>{logTimeText(event.time)}</time>}
          </li>
        ))}
      </ol>
    </section>
  );
}
