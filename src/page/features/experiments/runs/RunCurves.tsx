import { t } from '../../../../words/words';
import { symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3';
import { armMark } from '../../../../scene/marks/armMark';
import type { Measure } from '../../../../measures/measure';
import { ONLY_GIVEN, ranksGivenPools } from '../../../../record/poolSizes';
import { count, listed } from '../../../../readings/format';
import { groupLabels, logNames, recipeGroups } from '../../../../readings/runs/recipeGroups';
import { runColour } from '../../../../readings/runs/runColours';
import type { RunEntry } from '../../../../readings/runs/runEntry';
import type { CurvesByArm } from '../../../../readings/runs/curves';
import { SeedCurves } from './SeedCurves';
import type { SeedGroup } from '../../../../readings/runs/seedCurves';
import { useCurves } from '../../../state/runs/useCurves';

/** Maximum number of runs: more would be illegible and slow to load. */
const MOST_RUNS = 24;

/**
 * Curves of the listed runs that are not hidden; runs that differ only in their seed are one curve with a
 * band.
 */
export function RunCurves({ rows, measure }: { readonly rows: readonly RunEntry[]; readonly measure: Measure }) {
  const shown = rows.filter(({ hidden }) => !hidden);
  const drawn = shown.slice(0, MOST_RUNS);
  const groups = seedGroups(drawn, useCurves(drawn));
  const logs = logNames(drawn);
  const given = drawn.filter(({ spec }) => ranksGivenPools(spec));
  const left = shown.length - drawn.length;
  return (
    <SeedCurves
      groups={groups}
      measure={measure}
      title={t('How did {measure} change in each run?', { measure: measure.name })}
      sentence={
        <>
          {t('{runs} runs, {curves} curves: runs with one recipe and several seeds are one.', {
            runs: count(drawn.length),
            curves: count(groups.length),
          })}
          {logs.length > 1 &&
            ` ${t('They are on {n} logs ({logs}), so values of different logs cannot be compared; filter the table by a log to see it alone.', { n: count(logs.length), logs: listed(logs) })}`}
          {given.length > 0 &&
            ` ${given.length < drawn.length ? t('{n} of them: {caveat}', { n: count(given.length), caveat: t(ONLY_GIVEN) }) : t(ONLY_GIVEN)}`}
          {left > 0 && ` ${t('{n} more are not drawn: filter the table, or hide some.', { n: count(left) })}`}
        </>
      }
    />
  );
}

const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond];

function seedGroups(entries: readonly RunEntry[], curves: ReadonlyMap<string, CurvesByArm>): SeedGroup[] {
  const groups = recipeGroups(entries);
  const labels = groupLabels(groups);
  const several = logNames(entries).length > 1;
  const given = entries.filter(({ spec }) => ranksGivenPools(spec)).length;
  const mixed = given > 0 && given < entries.length;
  const runs: string[] = [];
  return groups.flatMap(({ key, members }): SeedGroup[] => {
    const seeds = members.flatMap(({ run, arm }) => {
      const curve = curves.get(run.id)?.get(arm.id);
      return curve ? [{ seed: run.spec.seed, curve }] : [];
    });
    if (seeds.length === 0) return [];
    const [{ run, arm }] = members;
    if (!runs.includes(run.id)) runs.push(run.id);
    // The run's colour; dash and symbol distinguish arms and runs where colour does not.
    const ids = run.spec.arms.map(({ id }) => id);
    const mark = {
      colour: runColour(run.colour).value,
      dash: armMark(arm.id, ids).dash,
      symbol: SYMBOLS[(runs.length - 1) % SYMBOLS.length]!,
    };
    const pools = mixed && ranksGivenPools(run.spec) ? [t('targets with a candidate set')] : [];
    return [{ id: key, label: [labels.get(key)!, ...(several ? [run.data.name] : []), ...pools].join(', '), mark, seeds }];
  });
}
