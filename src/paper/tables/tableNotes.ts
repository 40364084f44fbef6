/**
 * Notes under a table of results: what the numbers are, over which seeds and targets, which test, which
 * correction. Pure.
 */
import { ownSampleNote } from '../../record/ownSamples';
import { givenCaveat } from '../../record/poolSizes';
import { placesOf, type ResultGroup, type ResultRow, type ResultsTable } from './resultsTable';

/** A number, or the range that several span: `5`, `3 to 5`. */
function span(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? low.toLocaleString('en') : `${low.toLocaleString('en')} to ${high.toLocaleString('en')}`;
}

/** `200 steps of 16 users`; the range where rows differ. */
export function trainingText(rows: readonly { readonly steps: number; readonly batchSize: number }[]): string {
  return `${span(rows.map(({ steps }) => steps))} steps of ${span(rows.map(({ batchSize }) => batchSize))} users`;
}

function seedsOf({ entries }: ResultRow): Set<number> {
  return new Set(entries.flatMap(({ values }) => [...values.keys()]));
}

const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** Whether any difference is over several seeds, so that it was tested where it has a spread. */
function isTested(groups: readonly ResultGroup[]): boolean {
  return groups.some(({ rows }) => rows.some(({ entries }) => entries.some(({ comparison }) => (comparison?.n ?? 0) > 1)));
}

/** Whether some differences are tested over seeds and users. */
function isOverUsers(groups: readonly ResultGroup[]): boolean {
  return groups.some(({ rows }) => rows.some(({ entries }) => entries.some(({ comparison }) => comparison?.overUsers)));
}

/** Whether some difference has no interval, and so no test: one seed, or no spread. */
function isUntested(groups: readonly ResultGroup[]): boolean {
  return groups.some(({ rows }) => rows.some(({ entries }) => entries.some(({ comparison }) => comparison?.low === null)));
}

/**
 * One sentence or two each.
 * @param differences whether the table has columns of differences
 * @param places whether it marks the best and the second best
 */
export function tableNotes(
  { groups, tuned, missing, diverged = [] }: ResultsTable,
  differences: boolean,
  places = true,
): string[] {
  const rows = groups.flatMap((group) => group.rows).filter(({ entries }) => entries.some(({ mean }) => mean !== null));
  if (rows.length === 0) return ['No run is finished.'];
  const caveat = givenCaveat(rows.map(({ label, facts: { onlyGiven } }) => ({ label, onlyGiven })));
  const ownSample = ownSampleNote(rows.map(({ facts }) => facts.sampledOf));
  return [
    valuesNote(rows),
    ...(caveat === '' ? [] : [caveat]),
    ...(ownSample === '' || rows.every((row) => seedsOf(row).size < 2) ? [] : [ownSample]),
    ...comparisonNotes(groups, differences),
    ...(places ? placesNote(groups) : []),
    ...(tuned === null
      ? []
      : [
          `Each row was trained at the learning rates ${tuned.rates.join(', ')}; the one with the best HR@${tuned.k} on validation targets, mean over seeds, is reported.`,
        ]),
    ...divergedNote(diverged, tuned !== null),
    ...(missing === null
      ? []
      : [
          `Preliminary: ${missing.done} of ${missing.total} cells (a row with one seed${tuned === null ? '' : ' at one rate'}) are finished.`,
        ]),
  ];
}

/**
 * Which cells have no numbers, and what that does to the others.
 * @param diverged cells by name
 * @param tuned whether rates were chosen
 */
export function divergedNote(diverged: readonly string[], tuned: boolean): string[] {
  if (diverged.length === 0) return [];
  const so = tuned ? 'a rate at which a seed diverged is not chosen' : 'means are over the other seeds';
  return [`Diverged (the loss stopped being a number): ${diverged.join('; ')}; ${so}.`];
}

function valuesNote(rows: readonly ResultRow[]): string {
  const seeds = distinct(rows.flatMap((row) => [...seedsOf(row)])).sort((a, b) => a - b);
  const counts = rows.map((row) => seedsOf(row).size);
  const several = Math.max(...counts) > 1;
  const named = `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  const each = new Set(counts).size > 1 ? ` (${span(counts)} a row)` : '';
  const what = several
    ? `Mean ± standard deviation (n − 1) over ${named}${each}`
    : `One seed a row (${named}), so there is no spread`;
  const targets = rows.flatMap(({ facts }) => facts.targets);
  const logs = distinct(rows.map(({ facts }) => facts.log));
  const log = logs.length === 1 ? ` of ${logs[0]!}` : '';
  return `${what}; final evaluation on ${span(targets)} test targets${log}; ${trainingText(rows.map(({ facts }) => facts))}.`;
}

function comparisonNotes(groups: readonly ResultGroup[], differences: boolean): string[] {
  const compared = groups.filter(({ baseline, rows }) => baseline !== null && rows.length > 1);
  if (compared.length === 0) return [];
  const names = distinct(compared.map(({ baseline, rows }) => rows.find(({ id }) => id === baseline)?.label ?? ''));
  const from = names.length === 1 ? names[0]! : 'the first row of its group';
  if (!isTested(compared)) {
    return differences ? [`Δ: difference from ${from} within the seed; one seed has no interval and no test.`] : [];
  }
  const others = span(compared.map(({ rows, family = rows.length - 1 }) => family));
  const together = compared.some(({ family }) => family !== undefined);
  const correction =
    others === '1'
      ? 'one other row, so that nothing is to be corrected for'
      : `Holm’s correction over the ${others} ${together ? 'groups' : 'other rows'}`;
  const whose = compared.length < groups.length ? ' Groups without that row are not compared.' : '';
  return [
    ...(differences
      ? [
          `Δ: mean difference from ${from}, paired over the seeds that both have, with its 95 % Student-t interval, uncorrected.${isUntested(compared) ? ' Without an interval: one seed, or the same difference in every seed; not tested.' : ''}`,
        ]
      : []),
    `Bold: distinguishable from ${from}, p < .05 in the two-sided paired t-test over seeds (${correction}; each measure on its own). Everything else is not distinguishable.${whose}`,
    ...(isOverUsers(compared)
      ? [
          'Of HR, NDCG and MRR, intervals and tests treat both seeds and users as drawn at random (crossed random effects, t with Satterthwaite’s degrees of freedom).',
        ]
      : []),
  ];
}

function placesNote(groups: readonly ResultGroup[]): string[] {
  const places = groups.flatMap(({ rows }) => (rows[0]?.entries ?? []).flatMap((_, index) => placesOf(rows, index)));
  if (!places.includes(1)) return [];
  const second = places.includes(2) ? ', ²: the second best' : '';
  return [`¹: the best mean of a measure as it is written${second}, tested or not; ↑ higher is better, ↓ lower.`];
}
