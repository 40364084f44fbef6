import { t } from '../../../words/words';
import { listed } from '../../../readings/format';
import { setView } from '../../state/view/view';
import { historiesOf } from '../../../readings/arms/selectedUsers';
import { useMeasuredRecord } from '../../state/run/useFigureArms';
import { useSelectedUsers } from '../../state/run/useSelectedUsers';
import styles from './Figure.module.css';

/** Says that the ranking is of picked users only, and what else follows them. */
export function UsersShown() {
  const record = useMeasuredRecord();
  const users = useSelectedUsers(record);
  if (users === null) return null;
  const histories = historiesOf(record, users);
  return (
    <p className={styles.arms} role="status" aria-label={t('Users shown')}>
      <span>
        {t(
          '{n, plural, one {The ranking charts are of one user} other {The ranking charts are of # users}} picked in the plane of embeddings, without baselines.',
          { n: users.length },
        )}{' '}
        {histories === null
          ? t('This record does not name them, so maps do not follow.')
          : histories.length === 0
            ? t('None of them is among the recorded histories, so maps do not follow.')
            : t('Recorded histories of theirs: {histories}.', { histories: listed(histories.map((at) => String(at + 1))) })}
      </span>
      <button
        type="button"
        onClick={() => {
          setView({ users: null });
        }}
      >
        {t('Show all users')}
      </button>
    </p>
  );
}
