import { useEffect, useState } from 'react';
import { readCurves, type RunCurves } from '../../../readings/runs/curves';
import type { RunEntry } from '../../../readings/runs/runEntry';

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
