import { useId } from 'react';
import type { SplitRecipe } from '../../../recipe/logRecipe';
import { NumberInput } from '../../controls/NumberInput';
import { count } from '../../format';
import { useSession } from '../../state/SessionContext';
import { useIntake } from '../intakeState';
import { ExampleUsers } from './ExampleUsers';
import { SplitTimes } from './SplitTimes';
import styles from '../Intake.module.css';

type Kind = SplitRecipe['kind'];

const SPLITS: readonly { readonly kind: Kind; readonly label: string; readonly note: string }[] = [
  {
    kind: 'leave-last-out',
    label: 'Leave last out',
    note: 'A user’s last event is the test target, the one before it the validation target.',
  },
  {
    kind: 'last-basket',
    label: 'Last basket',
    note: 'All events at a user’s last time are test targets, those at the time before are validation targets.',
  },
  {
    kind: 'time',
    label: 'One cut-off time',
    note: 'Training ends at the same time for all users; no one’s future is seen. A user’s last event in each later period is the target.',
  },
  { kind: 'given', label: 'As given in the files', note: 'The files define training, validation and test.' },
];

function recipeOf(kind: Kind): SplitRecipe {
  return kind === 'time' ? { kind, validation: 0.1, test: 0.1 } : { kind };
}

/** What is trained on and what is predicted. */
export function SplitStep() {
  const { intake: session } = useSession();
  const split = useIntake((intake) => intake.split);
  const given = useIntake((intake) => intake.facts?.givenSplit ?? false);
  const timed = useIntake((intake) => intake.facts?.times != null);
  const lacking: Partial<Record<Kind, string>> = {
    ...(given ? {} : { given: 'These files define none.' }),
    ...(timed ? {} : { time: 'These files have no times.' }),
  };
  const name = useId();
  if (split === null) return null;
  return (
    <div className={styles.columns} data-narrow-first="">
      <div>
        <fieldset className={styles.splits}>
          <legend>Split</legend>
          {SPLITS.map(({ kind, label, note }) => (
            <label key={kind} data-off={kind in lacking}>
              <input
                type="radio"
                name={name}
                checked={split.kind === kind}
                disabled={kind in lacking}
                onChange={() => {
                  session.changeSplit(recipeOf(kind));
                }}
              />
              <b>{label}</b>
              <span>{lacking[kind] ?? note}</span>
            </label>
          ))}
        </fieldset>
        {split.kind === 'time' && (
          <div className={styles.filters}>
            <ShareField split={split} of="validation" label="Events for validation, %" />
            <ShareField split={split} of="test" label="Events for test, %" />
          </div>
        )}
        <SplitCounts />
      </div>
      <div>
        <SplitTimes />
        <ExampleUsers />
      </div>
    </div>
  );
}

interface ShareFieldProps {
  readonly split: Extract<SplitRecipe, { kind: 'time' }>;
  readonly of: 'validation' | 'test';
  readonly label: string;
}

function ShareField({ split, of, label }: ShareFieldProps) {
  const { intake: session } = useSession();
  const id = useId();
  return (
    <div className={styles.filter}>
      <label htmlFor={id}>{label}</label>
      <NumberInput
        id={id}
        min={1}
        max={45}
        value={Number((100 * split[of]).toPrecision(6))}
        onChange={(percent) => {
          session.changeSplit({ ...split, [of]: percent / 100 });
        }}
      />
    </div>
  );
}

function SplitCounts() {
  const preview = useIntake((intake) => intake.preview);
  const problem = useIntake((intake) => intake.problem);
  const pending = useIntake((intake) => intake.pending);
  if (preview === null) return null;
  const { train, validation, test, withoutTarget, catalogue } = preview;
  return (
    <section aria-busy={pending}>
      {problem !== null && (
        <p role="alert" className={styles.doubt}>
          {problem}
        </p>
      )}
      <table className={styles.counts} aria-label="Counts of the split">
        <thead>
          <tr>
            <td />
            <th scope="col">users</th>
            <th scope="col">events</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">training</th>
            <td>{count(train.users)}</td>
            <td>{count(train.events)}</td>
          </tr>
          <tr>
            <th scope="row">validation targets</th>
            <td>{count(validation.users)}</td>
            <td>{count(validation.targets)}</td>
          </tr>
          <tr>
            <th scope="row">test targets</th>
            <td>{count(test.users)}</td>
            <td>{count(test.targets)}</td>
          </tr>
        </tbody>
      </table>
      <p className={styles.note}>
        {count(catalogue)} items are ranked. {count(test.cold)} test targets are cold: their item has no training event.{' '}
        {count(withoutTarget)} users have no target.
      </p>
    </section>
  );
}
