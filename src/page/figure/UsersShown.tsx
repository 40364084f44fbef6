import { listed } from '../format';
import { setView } from '../state/view';
import { historiesOf } from './selectedUsers';
import { useMeasuredRecord } from './useFigureArms';
import { useSelectedUsers } from './useSelectedUsers';
import styles from './Figure.module.css';

/** Says that the ranking is of picked users only, and what else follows them. */
export function UsersShown() {
  const record = useMeasuredRecord();
  const users = useSelectedUsers(record);
  if (users === null) return null;
  const histories = historiesOf(record, users);
  return (
    <p className={styles.arms} role="status" aria-label="Users shown">
      <span>
        The ranking charts are of {users.length === 1 ? 'one user' : `${users.length} users`} picked in the plane of embeddings,
        without baselines.{' '}
        {histories === null
          ? 'This record does not name them, so maps do not follow.'
          : histories.length === 0
            ? 'None of them is among the recorded histories, so maps do not follow.'
            : `Recorded histories of theirs: ${listed(histories.map((at) => String(at + 1)))}.`}
      </span>
      <button
        type="button"
        onClick={() => {
          setView({ users: null });
        }}
      >
        Show all users
      </button>
    </p>
  );
}
