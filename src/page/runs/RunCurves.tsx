import { symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3';
import { armMark } from '../../charts/marks/armMark';
import { cellKey, logName } from '../../experiment/grid/cellKey';
import type { Measure } from '../../measures/measure';
import { count, listed } from '../format';
import { runColour } from './runColours';
import type { RunEntry } from './runEntry';
import type { RunCurves as Curves } from './curves';
import { SeedCurves } from './SeedCurves';
import type { SeedGroup } from './seedCurves';
import { useCurves } from './useCurves';

/** More runs than these would be a tangle, and take a while to read. */
const MOST_RUNS = 24;

/** Curves of the runs that are shown and not hidden; runs that differ in their seed alone are one curve with a band. */
export function RunCurves({ rows, measure }: { readonly rows: readonly RunEntry[]; readonly measure: Measure }) {
  const shown = rows.filter(({ hidden }) => !hidden);
  const drawn = shown.slice(0, MOST_RUNS);
  const groups = seedGroups(drawn, useCurves(drawn));
  const logs = logNames(drawn);
  const left = shown.length - drawn.length;
  return (
    <SeedCurves
      groups={groups}
      measure={measure}
      title={`How did ${measure.name} change in each run?`}
      sentence={
        <>
          {count(drawn.length)} runs, {count(groups.length)} curves: runs with one recipe and several seeds are one.
          {logs.length > 1 &&
            ` They are on ${count(logs.length)} logs (${listed(logs)}), so values of different logs cannot be compared; filter the table by a log to see it alone.`}
          {left > 0 && ` ${count(left)} more are not drawn: filter the table, or hide some.`}
        </>
      }
    />
  );
}

const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond];

/** Names of the logs of runs; two of one name, with different hashes, count twice. */
function logNames(entries: readonly Pick<RunEntry, 'data'>[]): string[] {
  return [...new Map(entries.map(({ data }) => [data.hash, data.name])).values()];
}

function seedGroups(entries: readonly RunEntry[], curves: ReadonlyMap<string, Curves>): SeedGroup[] {
  const groups = new Map<string, SeedGroup>();
  const several = logNames(entries).length > 1;
  const runs = new Set<string>();
  for (const { id, spec, data, colour, appVersion } of entries) {
    for (const arm of spec.arms) {
      const curve = curves.get(id)?.get(arm.id);
      if (!curve) continue;
      const key = cellKey({ ...spec, seed: 0 }, arm, logName(spec.data.id, data.hash), appVersion);
      const group = groups.get(key);
      const seed = { seed: spec.seed, curve };
      if (group) {
        // The same run twice is one seed.
        if (group.seeds.every((one) => one.seed !== seed.seed)) groups.set(key, { ...group, seeds: [...group.seeds, seed] });
        continue;
      }
      runs.add(id);
      // The run's colour; dash and symbol tell arms and runs apart where colour does not.
      const mark = {
        colour: runColour(colour).value,
        dash: armMark(
          arm.id,
          spec.arms.map((one) => one.id),
        ).dash,
        symbol: SYMBOLS[(runs.size - 1) % SYMBOLS.length]!,
      };
      groups.set(key, { id: key, label: `${arm.label}, ${spec.name}${several ? `, ${data.name}` : ''}`, mark, seeds: [seed] });
    }
  }
  return [...groups.values()];
}
