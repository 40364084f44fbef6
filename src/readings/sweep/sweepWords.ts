/**
 * What a sweep says, in sentences made only from its values by the rules below. Pure.
 *
 * Rules [O]:
 * - An arm works at a value of the axis where its HR@10 lies above zero-shot: by the errors of the arm over
 *   seeds and of both over users together, after Holm's correction over the values.
 * - Two arms differ at a value by the paired t-test over seeds, after Holm's correction over the values.
 * - An arm works over a wider range where it works at a value at which the other does not and the two differ
 *   there, and never the other way round.
 * - The tuned optimum of an arm is the value with its highest mean HR@10 on the targets that the recipe
 *   watches; the comparison there is between final evaluations, corrected for the values among which it was
 *   chosen.
 * - Nothing is concluded about ranges from fewer than three seeds.
 */
import { t } from '../../words/words';
import { inSentence } from '../../recipe/words';
import type { Table } from '../../charts/export/table';
import {
  bestPlace,
  CHOSEN_BY,
  drawnMeasures,
  seedsOf,
  valuesBySeed,
  type Sweep,
  type SweepLine,
} from '../../experiment/grid/sweep';
import type { Measure } from '../../measures/measure';
import { measure } from '../../measures/measures';
import { comparePairs, differencesOverSeeds, pairedInterval, type BySeed } from '../../statistics/comparison';
import { holm, pairedTTest } from '../../statistics/hypothesis';
import { shareError, unpairedP } from '../../statistics/shareError';
import { mean, meanInterval, standardError, type MeanInterval } from '../../statistics/statistics';
import { comparedArms } from '../arms/armsOf';
import { compactAlike, count, digitsOf, fixed, listed, percent, signed } from '../format';

export function sweepTable(sweep: Sweep): Table {
  const measures = drawnMeasures(sweep);
  return {
    columns: ['line', sweep.path, 'measure', 'seeds', 'mean', '95 % low', '95 % high', 'by seed'],
    rows: sweep.lines.flatMap(({ label, points }) =>
      points.flatMap(({ at, seeds }) =>
        measures.flatMap(({ id }) => {
          const known = seeds.flatMap(({ seed, values }) => (values[id] === undefined ? [] : [{ seed, value: values[id] }]));
          if (known.length === 0) return [];
          const { n, mean: centre, low, high } = meanInterval(known.map(({ value }) => value));
          return [[label, at, id, n, centre, low, high, known.map(({ seed, value }) => `${seed}: ${value}`).join('; ')]];
        }),
      ),
    ),
  };
}

/** The sentences in order: conclusion, range, difference, optimum, effect of the largest value. */
export function sweepSentences(sweep: Sweep): string[] {
  const seeds = seedsOf(sweep);
  const pair = comparedLines(sweep.lines);
  if (seeds.length < 2) return [t('One seed: there are no intervals yet, so nothing is concluded.')];
  if (pair === null)
    return [
      t('{n, plural, =1 {One line} other {{lines} lines}} over {seeds} seeds.', {
        n: sweep.lines.length,
        lines: count(sweep.lines.length),
        seeds: count(seeds.length),
      }),
    ];
  const few = seeds.length < FEWEST;
  const range = few ? null : rangeOf(sweep, pair);
  const best = optimumOf(sweep, pair);
  return [
    ...(few ? [t('Two seeds are too few to say where an arm works.')] : conclusion(sweep, pair, range, best)),
    ...(range ? [range.sentence] : []),
    ...differenceSentence(pair),
    ...(best ? [best.sentence] : []),
    ...endSentences(sweep, pair),
  ];
}

/** Seeds from which a range may be concluded. */
const FEWEST = 3;
const ALPHA = 0.05;

type Pair = readonly [treatment: SweepLine, control: SweepLine];

/** The arms that sentences compare, if each has one line. */
function comparedLines(lines: readonly SweepLine[]): Pair | null {
  if (new Set(lines.map(({ arm }) => arm)).size < lines.length) return null;
  const pair = comparedArms(
    lines.map((line) => ({ id: line.arm, line })),
    null,
  );
  return pair && [pair[0].line, pair[1].line];
}

/** As many digits as the interval supports, two of its width, and at most the measure's. */
function digitsFor({ scale, digits }: Measure, { low, high }: MeanInterval): number {
  if (low === null || high === null || high === low) return digits;
  const supported = 1 - Math.floor(Math.log10(scale * (high - low)));
  return digitsOf({ low: scale * low, high: scale * high }, Math.max(0, Math.min(digits, supported)));
}

function intervalText(of: Measure, found: MeanInterval): string {
  const { scale } = of;
  const digits = digitsFor(of, found);
  const difference = signed(found.mean * scale, digits);
  if (found.low === null || found.high === null) return difference;
  return `${difference} [${fixed(found.low * scale, digits)}, ${fixed(found.high * scale, digits)}]`;
}

/** Writes the values of the axis, all in one notation. */
function placeWriter(pair: Pair): (value: number) => string {
  return compactAlike(pair.flatMap(({ points }) => points.map(({ at }) => at)));
}

function placesText(arm: string, places: readonly number[], all: readonly number[]): string {
  const write = compactAlike(all);
  if (places.length === 0) return t('{arm} at none', { arm });
  if (places.length === all.length) return t('{arm} at all {n}', { arm, n: count(all.length) });
  const [first, last] = [places[0]!, places.at(-1)!];
  if (places.length === 1) return t('{arm} at {value} alone', { arm, value: write(first) });
  const between = all.filter((at) => at >= first && at <= last);
  return between.length === places.length
    ? t('{arm} from {first} to {last}', { arm, first: write(first), last: write(last) })
    : t('{arm} at {values}', { arm, values: listed(places.map(write)) });
}

interface Range {
  readonly sentence: string;
  readonly relation: 'wider' | 'narrower' | 'same' | 'other' | 'none' | 'unclear';
}

/** The values of the axis at which an arm ranks above zero-shot. */
function worksAt(line: SweepLine, zeroShot: number, users: number): number[] {
  const tests = line.points.map(({ at }) => {
    const values = [...valuesBySeed(line, at, CHOSEN_BY).values()];
    // Without spread over seeds nothing is claimed.
    const error = standardError(values) ?? 0;
    const difference = values.length === 0 ? 0 : mean(values) - zeroShot;
    const overUsers = [shareError(difference + zeroShot, users), shareError(zeroShot, users)];
    const p = error === 0 ? 1 : unpairedP(difference, [{ error, df: values.length - 1 }, ...overUsers]);
    return { at, difference, p };
  });
  const corrected = holm(tests.map(({ p }) => p));
  return tests.flatMap(({ at, difference }, i) => (difference > 0 && corrected[i]! < ALPHA ? [at] : []));
}

/** The difference of two arms at every value that both have, corrected over these. */
function differencesOf([treatment, control]: Pair): {
  readonly at: number;
  readonly difference: MeanInterval;
  readonly sign: number;
}[] {
  const places = treatment.points.map(({ at }) => at);
  const found = comparePairs(
    places.map((at) => [valuesBySeed(treatment, at, CHOSEN_BY), valuesBySeed(control, at, CHOSEN_BY)] as const),
  );
  return places.flatMap((at, i) => {
    const one = found[i] ?? null;
    if (one === null) return [];
    const { n, low, high, difference, distinguishable } = one;
    return [{ at, difference: { mean: difference, low, high, n }, sign: distinguishable ? Math.sign(difference) : 0 }];
  });
}

/** Where each arm works; null if zero-shot is unknown. */
function rangeOf({ lines, base, label, users }: Sweep, pair: Pair): Range | null {
  const [treatment, control] = pair;
  const zeroShot = base[CHOSEN_BY];
  if (zeroShot === undefined) return null;
  const all = treatment.points.map(({ at }) => at);
  const works = (line: SweepLine): number[] => worksAt(line, zeroShot, users);
  const others = lines.filter((line) => line !== treatment && line !== control);
  const parts = [control, treatment, ...others].map((line) => placesText(line.label, works(line), all));
  const [own, other] = [works(treatment), works(control)];
  const signs = new Map(differencesOf(pair).map(({ at, sign }) => [at, sign]));
  const only = (some: readonly number[], of: readonly number[]): number[] => some.filter((at) => !of.includes(at));
  const [more, less] = [only(own, other), only(other, own)];
  const gains = more.some((at) => signs.get(at) === 1);
  const loses = less.some((at) => signs.get(at) === -1);
  const alike = own.length === 0 ? 'none' : 'same';
  const relation =
    more.length + less.length === 0
      ? alike
      : gains && loses
        ? 'other'
        : gains && less.length === 0
          ? 'wider'
          : loses && more.length === 0
            ? 'narrower'
            : 'unclear';
  const sentence = t('Of {n} values of the {field}, HR@10 is above zero-shot ({zeroShot}\u00a0%) with {arms}.', {
    n: count(all.length),
    field: inSentence(t(label)),
    zeroShot: percent(zeroShot),
    arms: listed(parts),
  });
  return { sentence, relation };
}

function differenceSentence(pair: Pair): string[] {
  const [treatment, control] = pair;
  const write = placeWriter(pair);
  const hr = measure(CHOSEN_BY);
  const found = differencesOf(pair);
  if (found.length === 0) return [];
  const apart = found.filter(({ sign }) => sign !== 0);
  const alike = found.filter(({ sign }) => sign === 0).map(({ at }) => write(at));
  const parts = [
    ...apart.map(({ at, difference }) =>
      t('{difference} points at {value}', { difference: intervalText(hr, difference), value: write(at) }),
    ),
    ...(alike.length > 0 ? [t('not distinguishable from 0 at {values}', { values: listed(alike) })] : []),
  ];
  return [
    t('{treatment} − {control} in HR@10: {differences}.', {
      treatment: treatment.label,
      control: control.label,
      differences: parts.join('; '),
    }),
  ];
}

interface Optimum {
  readonly sentence: string;
  readonly sign: number;
}

/**
 * Each arm at its own best value, chosen on the watched targets; null if they were not measured everywhere.
 */
function optimumOf({ watch, label }: Sweep, pair: Pair): Optimum | null {
  const [treatment, control] = pair;
  const write = placeWriter(pair);
  const [a, b] = [bestPlace(treatment), bestPlace(control)];
  if (a === null || b === null) return null;
  const hr = measure(CHOSEN_BY);
  const [own, other] = [valuesBySeed(treatment, a, CHOSEN_BY), valuesBySeed(control, b, CHOSEN_BY)];
  const difference = pairedInterval(own, other);
  if (difference === null) return null;
  const tried = Math.max(treatment.points.length, control.points.length);
  const test = pairedTTest(differencesOverSeeds(own, other));
  const sign = test !== null && tried * test.p < ALPHA ? Math.sign(difference.mean) : 0;
  const sentence = t(
    'Each at the {field} that {watch, select, validation {validation targets choose} other {test targets during training choose}} ({treatment} {a}, {control} {b}): {own}\u00a0% against {other}\u00a0%, {difference} points{apart, select, no {, not distinguishable after correction for the {n} values} other {}}.',
    {
      field: inSentence(t(label)),
      watch,
      treatment: treatment.label,
      a: write(a),
      control: control.label,
      b: write(b),
      own: percent(mean([...own.values()])),
      other: percent(mean([...other.values()])),
      difference: intervalText(hr, difference),
      apart: sign === 0 ? 'no' : 'yes',
      n: count(tried),
    },
  );
  return { sentence, sign };
}

/** Sinks and language at the largest value that both arms have. */
function endSentences(sweep: Sweep, pair: Pair): string[] {
  const [treatment, control] = pair;
  const largest = treatment.points.findLast(({ at }) => control.points.some((point) => point.at === at))?.at;
  if (largest === undefined) return [];
  const measures = drawnMeasures(sweep).filter(({ id }) => id !== CHOSEN_BY);
  const pairs = measures.map(({ id }) => [valuesBySeed(treatment, largest, id), valuesBySeed(control, largest, id)] as const);
  const compared = comparePairs(pairs);
  const parts = measures.flatMap((one, i) => {
    const [own, other] = pairs[i]!;
    const difference = pairedInterval(own, other);
    if (difference === null) return [];
    const digits = digitsFor(one, difference);
    const text = (values: BySeed): string => fixed(mean([...values.values()]) * one.scale, digits);
    const interval = intervalText(one, difference);
    return [
      t(
        '{measure} is {own} with {treatment} and {other} with {control} ({difference}{apart, select, no {, not distinguishable} other {}})',
        {
          measure: one.name,
          own: text(own),
          treatment: treatment.label,
          other: text(other),
          control: control.label,
          difference: one.unit === '' ? interval : t('{value} {unit}', { value: interval, unit: one.unit }),
          apart: compared[i]?.distinguishable === true ? 'yes' : 'no',
        },
      ),
    ];
  });
  return parts.length === 0 ? [] : [t('At {value}, {measures}.', { value: placeWriter(pair)(largest), measures: listed(parts) })];
}

const OPTIMA = new Map([
  [1, 'raised'],
  [0, 'same'],
  [-1, 'lowered'],
]);

function conclusion({ label }: Sweep, [treatment, control]: Pair, range: Range | null, best: Optimum | null): string[] {
  const values = {
    field: inSentence(t(label)),
    treatment: treatment.label,
    control: control.label,
    range: range?.relation ?? '',
    optimum: best === null ? '' : OPTIMA.get(best.sign)!,
  };
  if (range === null && best === null) return [];
  if (range === null)
    return [
      t(
        'Over the values of the {field} that were tried, {treatment} {optimum, select, raised {raises the tuned optimum} lowered {lowers the tuned optimum} other {does not measurably change the tuned optimum}}.',
        { field: values.field, treatment: values.treatment, optimum: values.optimum },
      ),
    ];
  if (best === null)
    return [
      t(
        'Over the values of the {field} that were tried, {treatment} {range, select, wider {works over a wider range than {control}} narrower {works over a narrower range than {control}} same {works over the same range as {control}} none {is not shown to work at any, like {control}} unclear {is not shown to work over another range than {control}} other {works at other values than {control}}}.',
        { field: values.field, treatment: values.treatment, control: values.control, range: values.range },
      ),
    ];
  const contrary = (range.relation === 'wider') !== best.sign > 0;
  return [
    contrary
      ? t(
          'Over the values of the {field} that were tried, {treatment} {range, select, wider {works over a wider range than {control}} narrower {works over a narrower range than {control}} same {works over the same range as {control}} none {is not shown to work at any, like {control}} unclear {is not shown to work over another range than {control}} other {works at other values than {control}}} but {optimum, select, raised {raises the tuned optimum} lowered {lowers the tuned optimum} other {does not measurably change the tuned optimum}}.',
          values,
        )
      : t(
          'Over the values of the {field} that were tried, {treatment} {range, select, wider {works over a wider range than {control}} narrower {works over a narrower range than {control}} same {works over the same range as {control}} none {is not shown to work at any, like {control}} unclear {is not shown to work over another range than {control}} other {works at other values than {control}}} and {optimum, select, raised {raises the tuned optimum} lowered {lowers the tuned optimum} other {does not measurably change the tuned optimum}}.',
          values,
        ),
  ];
}
