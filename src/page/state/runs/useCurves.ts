import { useEffect, useState } from 'react';
import { recordFacts, type RecordFacts } from '../../../experiment/grid/results';
import { curvesOf, type CurvesByArm } from '../../../readings/runs/curves';
import type { RunEntry } from '../../../readings/runs/runEntry';
import type { RunRecord } from '../../../record/runRecord';
import { recordOf } from './runsState';

/** Curves of these runs, as they are loaded; deleted runs are left out. */
export function useCurves(entries: readonly RunEntry[]): ReadonlyMap<string, CurvesByArm> {
  return useOfRecords(entries, CURVES);
}

/** What grids read of the records of these runs beside their summaries, as they are loaded. */
export function useFacts(entries: readonly RunEntry[]): ReadonlyMap<string, RecordFacts> {
  return useOfRecords(entries, FACTS);
}

/** A part of records, and what was read; finished runs do not change, so each is read once. */
interface Part<Value> {
  readonly of: (record: RunRecord) => Value;
  readonly read: Map<string, Promise<Value | null>>;
}

const CURVES: Part<CurvesByArm> = { of: curvesOf, read: new Map() };
const FACTS: Part<RecordFacts> = { of: recordFacts, read: new Map() };

function useOfRecords<Value>(entries: readonly RunEntry[], part: Part<Value>): ReadonlyMap<string, Value> {
  const [found, setFound] = useState<ReadonlyMap<string, Value>>(new Map());
  const wanted = entries.map((entry) => `${entry.id} ${entry.status} ${entry.wallSeconds ?? ''}`).join('\n');
  useEffect(() => {
    let current = true;
    const reading = wanted
      .split('\n')
      .filter(Boolean)
      .map(async (line) => {
        const [id = '', ...version] = line.split(' ');
        return [id, await readPart(id, version.join(' '), part)] as const;
      });
    void Promise.all(reading).then((all) => {
      if (current) setFound(new Map(all.flatMap(([id, one]) => (one === null ? [] : [[id, one] as const]))));
    });
    return () => {
      current = false;
    };
  }, [wanted, part]);
  return found;
}

/** Null if the run no longer exists. @param version changes when the run does */
function readPart<Value>(id: string, version: string, { of, read }: Part<Value>): Promise<Value | null> {
  const key = `${id} ${version}`;
  let value = read.get(key);
  if (!value) {
    value = recordOf(id).then((record) => record && of(record));
    read.set(key, value);
  }
  return value;
}
