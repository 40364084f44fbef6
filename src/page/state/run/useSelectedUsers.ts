import { useMemo } from 'react';
import type { RunRecord } from '../../../record/runRecord';
import { setView, useView } from '../view/view';
import { historiesOf, knownUsers, ofUsers } from '../../../readings/arms/selectedUsers';
import { useMeasuredRecord } from './useFigureArms';

/** The picked users of a record; null if all are shown. */
export function useSelectedUsers(record: RunRecord): readonly number[] | null {
  const users = useView((view) => view.users);
  return useMemo(() => knownUsers(record, users), [record, users]);
}

/** The record whose rankings are shown: of all users, or of those picked in the plane. */
export function useRankedRecord(): { readonly record: RunRecord; readonly users: readonly number[] | null } {
  const record = useMeasuredRecord();
  const users = useSelectedUsers(record);
  return useMemo(() => ({ record: users === null ? record : ofUsers(record, users), users }), [record, users]);
}

/**
 * Picks users in the plane; the attention maps show the first recorded history of one of them.
 * @param users empty for all
 */
export function selectUsers(record: RunRecord, users: readonly number[]): void {
  const [history] = historiesOf(record, users) ?? [];
  setView({ users: users.length === 0 ? null : users, ...(history !== undefined && { probe: history }) });
}
