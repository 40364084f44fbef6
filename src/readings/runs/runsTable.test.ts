import { describe, expect, it } from 'vitest';
import { madeRun, type MadeRun } from '../../testing/savedRuns';
import { describeRun, type RunEntry } from './runEntry';
import { groupLabels, recipeGroups } from './recipeGroups';
import { baselineChoices, runsTable, tabledGroups, tabledRuns } from './runsTable';

function run({ pinned = false, ...made }: MadeRun & { readonly pinned?: boolean }): RunEntry {
  return describeRun(madeRun(made), { status: 'finished' }, { pinned });
}

const STORE = [0, 1, 2].map((seed) => run({ seed, hr: { action: 0.4, karma: 0.5 + seed / 100 } }));

describe('saved runs as a table', () => {
  it('has a row per arm of a recipe, over its seeds, compared with the chosen one', () => {
    const [karma] = recipeGroups(STORE).slice(1);
    const [group] = runsTable(tabledGroups(STORE), karma!.key).groups;
    const [action, other] = group!.rows;
    expect(group!.rows.map(({ entries }) => [...entries[0]!.values.keys()])).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    const hr = action!.entries.find(({ measure }) => measure.id === 'hr@10')!;
    expect(hr.mean).toBeCloseTo(0.4);
    expect(hr.comparison!.difference).toBeCloseTo(-0.11);
    expect(other!.id).toBe(group!.baseline);
    expect(action!.facts).toMatchObject({ steps: 2, batchSize: 12, targets: [20, 20, 20], log: 'Store' });
  });

  it('compares only within a log, with the same recipe there', () => {
    const films = [0, 1].map((seed) => run({ seed, hr: { action: 0.1, karma: 0.1 }, log: 'Films' }));
    const other = [0, 1].map((seed) => run({ seed, hr: { action: 0.1, karma: 0.1 }, log: 'Songs', rate: 2e-3 }));
    const { groups } = runsTable(tabledGroups([...STORE, ...films, ...other]), null);
    expect(groups.map(({ heading }) => heading)).toEqual(['Store, wordnet-1m', 'Films, wordnet-1m', 'Songs, wordnet-1m']);
    expect(groups.map(({ baseline, rows }) => rows.findIndex(({ id }) => id === baseline))).toEqual([0, 0, -1]);
    expect(groups[2]!.rows.every(({ entries }) => entries.every(({ comparison }) => comparison === null))).toBe(true);
  });

  it('compares only runs that ranked as many test targets', () => {
    const fewer = [0, 1, 2].map((seed) => {
      const made = run({ seed, hr: { action: 0.1, karma: 0.1 }, rate: 2e-3 });
      return { ...made, arms: made.arms.map((arm) => ({ ...arm, last: { ...arm.last!, users: 10 } })) };
    });
    const { groups } = runsTable(tabledGroups([...STORE, ...fewer]), null);
    expect(groups.map(({ heading }) => heading)).toEqual([
      'Store, wordnet-1m, 20 test targets',
      'Store, wordnet-1m, 10 test targets',
    ]);
    const compared = groups.map(({ rows }) => rows.map(({ entries }) => entries.some(({ comparison }) => comparison !== null)));
    expect(compared).toEqual([
      [false, true],
      [false, false],
    ]);
  });

  it('distinguishes rows of the same name by their recipes’ differences, and offers pinned ones first', () => {
    const fast = run({ seed: 0, hr: { action: 0.3, karma: 0.2 }, rate: 4e-3, pinned: true });
    const groups = recipeGroups([...STORE, fast]);
    const labels = [...groupLabels(groups).values()];
    expect(new Set(labels).size).toBe(4);
    expect(labels[2]).toMatch(/Learning rate 0.001 → 0.004/);
    expect(baselineChoices(tabledGroups([...STORE, fast]))[0]!.label).toBe(labels[2]);
  });

  it('leaves out unfinished and hidden runs', () => {
    const [first] = STORE as [RunEntry];
    expect(tabledRuns([first, { ...first, hidden: true }, { ...first, status: 'stopped' }])).toEqual([first]);
  });
});
