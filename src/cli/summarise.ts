/**
 * `npm run summarise -- run.json …`: final figures over runs that differ only in their seed, with intervals
 * and paired differences.
 */
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { compareOverSeeds, compareOverUsers, pText } from '../statistics/comparison';
import { measureHeading, measuresShown, measureText, moreDigits } from '../measures/measures';
import { withDistinctLabels } from '../recipe/distinctLabels';
import { RANKED_SPLITS, type Measure, type RankedSplit } from '../measures/measure';
import { mean, standardDeviation } from '../statistics/statistics';
import { seedsOf } from '../experiment/grid/sweep';
import { ownSampleCaveat, sampledOf } from '../record/ownSamples';
import { ONLY_GIVEN, ranksGivenPools } from '../record/poolSizes';
import { comparedEvaluations, oneOf } from '../record/comparedEvaluations';
import type { Evaluation, RunRecord } from '../record/runRecord';
import { noneOfTargets, readRecordFile, storeFolder, summariseFolder, sweepOfFolder } from './gridFolder';
import { UsageError } from './usageError';
import { readSweepFile, sweepMarkdown } from './sweepTable';
import { writeWhole } from './writeWhole';
import { comparedRows } from '../experiment/grid/matrix';
import type { ResultsTable } from '../paper/tables/resultsTable';
import { chosenFormat, TABLE_OPTIONS } from './resultsFormat';
import { BOLD_LEGEND, seedDifferenceText, markdownTable, meanText, type FormatValue } from './markdown';

/** Maximum compressed bytes of a sweep that the site ships: the page opens with it. */
const MOST_SWEEP_BYTES = 60_000;

/**
 * @param args run files, or the folder of a grid; `--baseline ARM` for another baseline than the first arm;
 * `--targets GROUP` for every measure of rankings of these targets only; for a folder, `--sweep FILE` writes
 * the sweep along the number that the grid varies, and `--store FOLDER` what is kept of its runs; for files
 * of sweeps, `--at VALUE` compares their lines there; `--format latex`, `markdown` or `csv` gives a table for
 * a paper
 * @throws Error on runs or options that do not fit together
 */
export async function summarise(args: readonly string[]): Promise<string> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    options: {
      baseline: { type: 'string' },
      targets: { type: 'string' },
      sweep: { type: 'string' },
      store: { type: 'string' },
      at: { type: 'string' },
      ...TABLE_OPTIONS,
    },
    allowPositionals: true,
  });
  const baseline = values.baseline ?? null;
  if (values.at !== undefined) return atValue(files, values.at, baseline);
  const targets = targetsOf(values.targets);
  const format = chosenFormat(values);
  const [first] = files;
  const isFolder = first !== undefined && files.length === 1 && (await stat(first)).isDirectory();
  if (values.sweep !== undefined) {
    if (!isFolder) throw new Error('--sweep needs the folder of one grid.');
    return writeSweep(first, values.sweep);
  }
  if (values.store !== undefined) {
    if (!isFolder) throw new Error('--store needs the folder of one grid.');
    return storeFolder(first, values.store, baseline);
  }
  if (isFolder) {
    const { text, table } = await summariseFolder(first, baseline, targets);
    return format === null ? text : format(table());
  }
  const records = await Promise.all(files.map(readRunFile));
  return format === null
    ? summariseRecords(records, files, baseline, targets)
    : format(recordsTable(records, files, baseline, targets));
}

/** @throws UsageError naming a file that is no run */
async function readRunFile(file: string): Promise<RunRecord> {
  try {
    return await readRecordFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a run: ${(error as Error).message}`);
  }
}

async function atValue(files: readonly string[], text: string, baseline: string | null): Promise<string> {
  const at = Number(text);
  if (text.trim() === '' || !Number.isFinite(at)) throw new UsageError(`--at is a number, not ${text}.`);
  const [first, ...others] = await Promise.all(files.map(readSweepFile));
  if (first === undefined) throw new UsageError('--at needs files of sweeps.');
  return sweepMarkdown([first, ...others], at, baseline);
}

function targetsOf(name: string | undefined): RankedSplit | null {
  if (name === undefined) return null;
  const found = RANKED_SPLITS.find((split) => split === name);
  if (found === undefined) throw new Error(`--targets: there is no ${name}; choose one of ${RANKED_SPLITS.join(', ')}.`);
  return found;
}

async function writeSweep(folder: string, file: string): Promise<string> {
  const sweep = await sweepOfFolder(folder);
  const packed = gzipSync(JSON.stringify(sweep), { level: 9 });
  if (packed.length > MOST_SWEEP_BYTES)
    throw new Error(`${file} would have ${packed.length} bytes, more than ${MOST_SWEEP_BYTES}.`);
  await writeWhole(file, packed);
  return `${file}: ${sweep.lines.length} lines over ${sweep.path}, ${seedsOf(sweep).length} seeds, ${packed.length.toLocaleString('en')} bytes`;
}

/**
 * A Markdown table of every arm's final figures and their paired differences from the baseline.
 * @param names of the records, for messages
 * @param baseline an arm's id; null takes the first
 * @param targets null for the main measures of all
 * @throws Error on runs that do not fit together
 */
export function summariseRecords(
  records: readonly RunRecord[],
  names: readonly string[],
  baseline: string | null = null,
  targets: RankedSplit | null = null,
): string {
  const { first, arms, control } = fittingRuns(records, names, baseline, targets);
  const others = arms.filter((id) => id !== control);
  const head = ['', ...arms, ...others.map((id) => `${id} − ${control}`)];
  const rows = measuresShown(first.spec.evaluation.ks, targets).flatMap((measure) => {
    const values = new Map(arms.map((id) => [id, valuesOf(records, id, measure)]));
    if ([...values.values()].every((list) => list.size === 0)) return [];
    const compared = compareOverSeeds(
      values.get(control)!,
      others.map((id) => values.get(id)!),
    );
    // The values are in the displayed unit.
    const shown: FormatValue = (value, more) => measureText({ scale: 1, digits: measure.digits }, value, more);
    const means = arms.map((id) => [...values.get(id)!.values()]).map((list) => overSeeds(list, shown));
    const differences = compared.map((one, i) => seedDifferenceText(one, shown, usersOf(records, others[i]!, control, measure)));
    return [[measureHeading(measure), ...means, ...differences]];
  });
  return `${caption(records, first, others.length)}\n\n${markdownTable(head, rows)}`;
}

/** The same as a table for a paper. @throws Error on runs that do not fit together */
export function recordsTable(
  records: readonly RunRecord[],
  names: readonly string[],
  baseline: string | null = null,
  targets: RankedSplit | null = null,
): ResultsTable {
  const { first, arms, control } = fittingRuns(records, names, baseline, targets);
  const measures = measuresShown(first.spec.evaluation.ks, targets);
  const entries = comparedRows(arms, control, measures, (id, measure) => unscaledOf(records, id, measure));
  const facts = {
    steps: first.spec.training.steps,
    batchSize: first.spec.training.batchSize,
    targets: records.map((record) => finalOf(record, control).targets.all),
    log: first.data.name,
    onlyGiven: ranksGivenPools(first.spec),
    sampledOf: sampledOfRun(first),
  };
  const named = withDistinctLabels(first.spec.arms);
  const label = (id: string): string => named.find((arm) => arm.id === id)?.label ?? id;
  const rows = arms.map((id, i) => ({ id, label: label(id), rate: null, entries: entries[i]!, facts }));
  const groups = [{ heading: null, baseline: arms.length > 1 ? control : null, rows }];
  return { caption: first.spec.name, groups, tuned: null, missing: null };
}

/**
 * Checks that the runs are of one recipe, and have measures of the requested targets; returns their arms and
 * the baseline among them.
 * @throws Error on runs that do not fit together, UsageError if nothing was measured for the targets
 */
function fittingRuns(
  records: readonly RunRecord[],
  names: readonly string[],
  baseline: string | null,
  targets: RankedSplit | null,
) {
  const [first] = records;
  if (first === undefined) throw new Error('Name at least one run file.');
  for (const [index, record] of records.entries()) {
    if (!record.complete || oneOf(comparedEvaluations(record.arms, null))?.population !== 'all')
      throw new Error(`${names[index] ?? ''} is not a finished run.`);
    if (recipeOf(record) !== recipeOf(first))
      throw new Error(`${names[index] ?? ''} has a different recipe from ${names[0] ?? ''}.`);
  }
  if (new Set(records.map(({ spec }) => spec.seed)).size < records.length) throw new Error('Two of the runs have the same seed.');
  const arms = first.arms.map(({ id }) => id);
  const control = baseline ?? arms[0]!;
  if (!arms.includes(control)) throw new Error(`There is no arm ${control}; the runs have ${arms.join(', ')}.`);
  const hasAny = (wanted: RankedSplit): boolean =>
    records.some((record) => arms.some((id) => (finalOf(record, id).targets[wanted] ?? 0) > 0));
  if (targets !== null && !hasAny(targets)) throw new UsageError(noneOfTargets(targets));
  return { first, arms, control };
}

function caption(records: readonly RunRecord[], first: RunRecord, comparisons: number): string {
  const { spec, arms } = first;
  const seeds = records.map((record) => record.spec.seed).join(', ');
  const users = oneOf(comparedEvaluations(arms, null))?.targets.all ?? 0;
  const ownSample = records.length > 1 ? ownSampleCaveat([sampledOfRun(first)]) : '';
  const several = comparisons > 1 ? ` and Holm’s correction over the ${comparisons} arms of a row` : '';
  const how =
    records.length > 1
      ? `Mean ± standard deviation over seeds; differences with 95 % t-intervals over seeds; distinguishable by the paired t-test${several}. ${BOLD_LEGEND}`
      : 'One seed: differences of HR with a 95 % bootstrap interval over users and the randomisation test; they say nothing about other seeds.';
  return `Seeds ${seeds}; ${spec.training.steps} steps of ${spec.training.batchSize} users; test targets of ${users} users. ${how}${ranksGivenPools(spec) ? ` ${ONLY_GIVEN}` : ''}${ownSample === '' ? '' : ` ${ownSample}`}`;
}

function sampledOfRun({ spec, data, arms }: RunRecord): number | null {
  const users = oneOf(comparedEvaluations(arms, null))?.targets.all ?? 0;
  return sampledOf({ users, targets: data.targets }, ranksGivenPools(spec));
}

/** The recipe without what may differ between seeds. */
function recipeOf({ spec, data, model }: RunRecord): string {
  return JSON.stringify([{ ...spec, seed: 0, name: '' }, data.hash, model.hash]);
}

/** By seed. */
function unscaledOf(records: readonly RunRecord[], id: string, measure: Measure): Map<number, number> {
  const values = records.map((record) => [record.spec.seed, measure.of(finalOf(record, id))] as const);
  return new Map(values.flatMap(([seed, value]) => (value === null ? [] : [[seed, value] as const])));
}

/** By seed, in the displayed unit. */
function valuesOf(records: readonly RunRecord[], id: string, measure: Measure): Map<number, number> {
  return new Map([...unscaledOf(records, id, measure)].map(([seed, value]) => [seed, value * measure.scale]));
}

function finalOf(record: RunRecord, id: string): Evaluation {
  const last = comparedEvaluations(record.arms, null).get(id);
  if (last === undefined) throw new Error(`Arm ${id} was not evaluated on the same targets as the others.`);
  return last;
}

function overSeeds(values: readonly number[], shown: FormatValue): string {
  return meanText(values.length === 0 ? null : mean(values), standardDeviation(values), shown);
}

/** What one seed can say about HR@K: whether the difference would hold for other users. */
function usersOf(records: readonly RunRecord[], treatment: string, control: string, measure: Measure): string | null {
  const [record] = records;
  const k = /^hr@(\d+)$/.exec(measure.id)?.[1];
  if (records.length > 1 || !record || k === undefined) return null;
  const found = compareOverUsers(finalOf(record, treatment), finalOf(record, control), Number(k));
  if (!found) return null;
  const more = moreDigits(found, (value, digits) => measureText(measure, value, digits));
  const shown = (value: number): string => measureText(measure, value, more);
  return `${shown(found.difference)} [${shown(found.low)}, ${shown(found.high)}] ${found.p < 0.05 ? pText(found.p) : `not distinguishable, ${pText(found.p)}`}`;
}
