import { useId } from 'react';
import { message, t } from '../../../../words/words';
import type { SplitRecipe } from '../../../../recipe/logRecipe';
import { NumberInput } from '../../../ui/controls/NumberInput';
import { count } from '../../../../readings/format';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { ExampleUsers } from './ExampleUsers';
import { SplitTimes } from './SplitTimes';
import styles from './Intake.module.css';

type Kind = SplitRecipe['kind'];

const SPLITS: readonly { readonly kind: Kind; readonly label: string; readonly note: string }[] = [
  {
    kind: 'leave-last-out',
    label: message('Leave last out'),
    note: message('A user’s last event is the test target, the one before it the validation target.'),
  },
  {
    kind: 'last-basket',
    label: message('Last basket'),
    note: message('All events at a user’s last time are test targets, those at the time before are validation targets.'),
  },
  {
    kind: 'time',
    label: message('One cut-off time'),
    note: message(
      'Training ends at the same time for all users; no one’s future is seen. A user’s last event in each later period is the target.',
    ),
  },
  { kind: 'given', label: message('As given in the files'), note: message('The files define training, validation and test.') },
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
    ...(given ? {} : { given: t('These files define none.') }),
    ...(timed ? {} : { time: t('These files have no times.') }),
  };
  const name = useId();
  if (split === null) return null;
  return (
    <div className={styles.columns} data-narrow-first="">
      <div>
        <fieldset className={styles.splits}>
          <legend>{t('Split')}</legend>
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
              <b>{t(label)}</b>
              <span>{lacking[kind] ?? t(note)}</span>
            </label>
          ))}
        </fieldset>
        {split.kind === 'time' && (
          <div className={styles.filters}>
            <ShareField split={split} of="validation" label={t('Events for validation, %')} />
            <ShareField split={split} of="test" label={t('Events for test, %')} />
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
  const { train, validation, test, history, withoutTarget, catalogue } = preview;
  return (
    <section aria-busy={pending}>
      {problem !== null && (
        <p role="alert" className={styles.doubt}>
          {problem}
        </p>
      )}
      <table className={styles.counts} aria-label={t('Counts of the split')}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('users')}</th>
            <th scope="col">{t('events')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('training')}</th>
            <td>{count(train.users)}</td>
            <td>{count(train.events)}</td>
          </tr>
          <tr>
            <th scope="row">{t('validation targets')}</th>
            <td>{count(validation.users)}</td>
            <td>{count(validation.targets)}</td>
          </tr>
          <tr>
            <th scope="row">{t('test targets')}</th>
            <td>{count(test.users)}</td>
            <td>{count(test.targets)}</td>
          </tr>
          {history.events > 0 && (
            <tr>
              <th scope="row">{t('history only')}</th>
              <td>{count(history.users)}</td>
              <td>{count(history.events)}</td>
            </tr>
          )}
        </tbody>
      </table>
      <p className={styles.note}>
        {t(
          '{items} items are ranked. {cold} test targets are cold: their item has no training event. {users} users have no target.',
          { items: count(catalogue), cold: count(test.cold), users: count(withoutTarget) },
        )}
      </p>
    </section>
  );
}
