import { useState } from 'react';
import type { ExampleUser } from '../../../log/intake/splitPreview';
import { count } from '../../format';
import { useIntake } from '../intakeState';
import { timeText } from '../words';
import { PART_LABELS } from './parts';
import styles from './Split.module.css';

const NONE: readonly ExampleUser[] = [];

/** Users under the split, one at a time. */
export function ExampleUsers() {
  const examples = useIntake((intake) => intake.preview?.examples ?? NONE);
  const dated = useIntake((intake) => intake.facts?.times !== null);
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, examples.length - 1);
  const user = examples[at];
  if (user === undefined) return null;
  return (
    <section className={styles.example} aria-labelledby="intake-example">
      <h3 id="intake-example">
        User <code>{user.id}</code>
        {examples.length > 1 && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              setChosen((at + 1) % examples.length);
            }}
          >
            Another user
          </button>
        )}
      </h3>
      <ol start={user.earlier + 1}>
        {user.earlier > 0 && <li className={styles.earlier}>{count(user.earlier)} earlier events</li>}
        {user.events.map((event, place) => (
          <li key={place} data-part={event.part}>
            <span className={styles.part}>{PART_LABELS[event.part]}</span>
            <span className={styles.title}>{event.title}</span>
            {event.query !== '' && <q>{event.query}</q>}
            {dated && <time>{timeText(event.time)}</time>}
          </li>
        ))}
      </ol>
    </section>
  );
}
