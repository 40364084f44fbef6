/**
 * Saved runs as a table of results: recipes over their seeds, compared on each log and model, on the same
 * targets. Pure.
 */
import { comparedRows } from '../../experiment/grid/matrix';
import type { Measure } from '../../measures/measure';
import { mainMeasures } from '../../measures/measures';
import type { ResultGroup, ResultsTable } from '../../paper/tables/resultsTable';
import { sampledOf } from '../../record/ownSamples';
import { ranksGivenPools } from '../../record/poolSizes';
import type { BySeed } from '../../statistics/comparison';
import { t } from '../../words/words';
import { count } from '../format';
import { groupLabels, recipeGroups, type RecipeGroup } from './recipeGroups';
import type { RunEntry } from './runEntry';
import { byPlace, placeName } from './runTable';

type Row = RecipeGroup<RunEntry>;

/** Runs whose numbers may be in a table: they finished and were evaluated on all users. */
export function tabledRuns(entries: readonly RunEntry[]): RunEntry[] {
  return entries.filter(
    ({ status, hidden, arms }) => status === 'finished' && !hidden && arms.some(({ last }) => last?.population === 'all'),
  );
}

/** Rows of the table: recipes over the seeds of those runs. */
export function tabledGroups(entries: readonly RunEntry[]): RecipeGroup<RunEntry>[] {
  return recipeGroups(tabledRuns(entries));
}

/** Rows with which others can be compared; those of pinned runs first. */
export function baselineChoices(groups: readonly RecipeGroup<RunEntry>[]): { value: string; label: string }[] {
  const labels = groupLabels(groups);
  const pinned = ({ members }: RecipeGroup<RunEntry>): boolean => members.some(({ run }) => run.pinned);
  return [...groups.filter(pinned), ...groups.filter((group) => !pinned(group))].map(({ key }) => ({
    value: key,
    label: labels.get(key)!,
  }));
}

/** On another log or model, a row is the baseline if it has the baseline's arm and recipe. */
function likeness({ members: [{ run, arm }] }: RecipeGroup<RunEntry>): string {
  const { spec } = run;
  const [data, model] = [
    { ...spec.data, id: '' },
    { ...spec.model, id: '', revision: '', baseUrl: '' },
  ];
  return JSON.stringify([arm, { ...spec, name: '', seed: 0, arms: [], data, model }]);
}

/**
 * @param groups `tabledGroups`
 * @param baseline key of the row with which the others are compared; null for the first
 * @param measures null for the main ones
 */
export function runsTable(
  groups: readonly RecipeGroup<RunEntry>[],
  baseline: string | null,
  measures: readonly Measure[] | null = null,
): ResultsTable {
  const labels = groupLabels(groups);
  const control = groups.find(({ key }) => key === baseline) ?? groups[0];
  const places = [...byPlace(groups, ({ members: [{ run }] }) => run).values()].map(onSameTargets);
  const parts = places.flatMap((place) => place.map((own) => ({ own, heading: headingOf(own, places.length, place.length) })));
  const shown = measures ?? mainMeasures(groups.flatMap(({ members: [{ run }] }) => run.spec.evaluation.ks));
  const names = new Set(groups.map(({ members: [{ run }] }) => run.spec.name));
  return {
    caption: names.size === 1 ? [...names][0]! : 'Saved runs',
    tuned: null,
    missing: null,
    groups: parts.map(({ own, heading }): ResultGroup => {
      const against = own.find((group) => control !== undefined && (group === control || likeness(group) === likeness(control)));
      const rows = comparedRows(own, against ?? null, shown, valuesOf);
      const { run } = own[0].members[0];
      return {
        heading,
        baseline: own.length > 1 ? (against?.key ?? null) : null,
        rows: own.map((group, i) => {
          const { spec } = group.members[0].run;
          const { training } = spec;
          return {
            id: group.key,
            label: labels.get(group.key)!,
            rate: null,
            entries: rows[i]!,
            facts: {
              steps: training.steps,
              batchSize: training.batchSize,
              targets: targetsOf(group),
              log: run.data.name,
              onlyGiven: ranksGivenPools(spec),
              sampledOf: lastOf(group).reduce<number | null>(
                (found, { last }) => found ?? sampledOf(last, ranksGivenPools(spec)),
                null,
              ),
            },
          };
        }),
      };
    }),
  };
}

/**
 * Rows of one log and model by how many test targets their runs ranked: only those of as many are compared.
 */
function onSameTargets(groups: readonly [Row, ...Row[]]): [Row, ...Row[]][] {
  const parts = new Map<string, [Row, ...Row[]]>();
  const first = groups.map(distinctTargets).find((targets) => targets.length > 0) ?? [];
  for (const group of groups) {
    const targets = distinctTargets(group);
    // A row without results goes with the others.
    const key = JSON.stringify(targets.length > 0 ? targets : first);
    const own = parts.get(key);
    if (own) own.push(group);
    else parts.set(key, [group]);
  }
  return [...parts.values()];
}

/** What rows have in common, if there are others. @param parts of their log and model */
function headingOf(rows: readonly [Row, ...Row[]], places: number, parts: number): string | null {
  if (places === 1 && parts === 1) return null;
  const place = placeName(rows[0].members[0].run);
  if (parts === 1) return place;
  return t('{place}, {n} test targets', { place, n: [...new Set(rows.flatMap(distinctTargets))].map(count).join(' / ') });
}

function distinctTargets(group: Row): number[] {
  return [...new Set(targetsOf(group))].sort((a, b) => a - b);
}

/** Last evaluations of a group's runs, on all users. */
function lastOf({ members }: RecipeGroup<RunEntry>) {
  return members.flatMap(({ run, arm }) => {
    const last = run.arms.find(({ id }) => id === arm.id)?.last;
    return last?.population === 'all' ? [{ seed: run.spec.seed, last }] : [];
  });
}

function valuesOf(group: RecipeGroup<RunEntry>, { id }: Measure): BySeed {
  return new Map(
    lastOf(group).flatMap(({ seed, last }) => (last.values[id] === undefined ? [] : [[seed, last.values[id]] as const])),
  );
}

function targetsOf(group: RecipeGroup<RunEntry>): number[] {
  return lastOf(group).map(({ last }) => last.users);
}
