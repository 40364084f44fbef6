import { useEffect, useState } from 'react';
import type { RunRecord } from '../../../record/runRecord';
import { recordOf } from './runsState';

/** The whole record of a saved run; null until it is read, and if there is none. */
export function useSavedRecord(run: string | null): RunRecord | null {
  const [read, setRead] = useState<{ readonly run: string; readonly record: RunRecord | null } | null>(null);
  useEffect(() => {
    if (run === null) return;
    let wanted = true;
    void recordOf(run).then((record) => {
      if (wanted) setRead({ run, record });
    });
    return () => {
      wanted = false;
    };
  }, [run]);
  return read?.run === run ? read.record : null;
}
