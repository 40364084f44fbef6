import { useEffect, useState } from 'react';
import { curvesOf, type RunCurves } from '../../../readings/runs/curves';
import type { RunEntry } from '../../../readings/runs/runEntry';
import { recordOf } from './runsState';

/** Curves of these runs, as they are loaded; deleted runs are left out. */
export function useCurves(entries: readonly RunEntry[]): ReadonlyMap<string, RunCurves> {
  const [curves, setCurves] = useState<ReadonlyMap<string, RunCurves>>(new Map());
  const wanted = entries.map((entry) => `${entry.id} ${entry.status} ${entry.wallSeconds ?? ''}`).join('\n');
  useEffect(() => {
    let current = true;
    const reading = wanted
      .split('\n')
      .filter(Boolean)
      .map(async (line) => {
        const [id = '', ...version] = line.split(' ');
        return [id, await readCurves(id, version.join(' '))] as const;
      });
    void Promise.all(reading).then((found) => {
      if (current) setCurves(new Map(found.flatMap(([id, one]) => (one ? [[id, one] as const] : []))));
    });
    return () => {
      current = false;
    };
  }, [wanted]);
  return curves;
}

/** Finished runs do not change, so each is read once. */
const read = new Map<string, Promise<RunCurves | null>>();

/** Null if the run no longer exists. @param version changes when the run does */
function readCurves(id: string, version: string): Promise<RunCurves | null> {
  const key = `${id} ${version}`;
  let curves = read.get(key);
  if (!curves) {
    curves = recordOf(id).then((record) => record && curvesOf(record));
    read.set(key, curves);
  }
  return curves;
}
