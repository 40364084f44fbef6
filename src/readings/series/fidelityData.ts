/**
 * What the probe decoder reads from h, and how similar the items that h retrieves are to the target. Pure.
 */
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { IntervalGroup, IntervalPoint } from '../../scene/charts/intervals';
import { armMark } from '../../scene/marks/armMark';
import { type Labelled, spoken } from '../../scene/marks/label';
import { canDiffer } from '../../measures/fidelity/semanticOverlap';
import type { Evaluation, Fidelity, Ranked, RunRecord } from '../../record/runRecord';
import type { FidelityMeasure } from '../../measures/entries/decodability';
import { FIDELITY_ENTRIES } from '../../measures/entries';
import { splitId } from '../../measures/ranking/splitId';
import { entry } from '../../measures/measures';
import { baselineName, BASELINES } from '../../measures/ranking/baselineNames';
import { count, fixed, sentenceCase } from '../format';
import { splitName } from './rankingData';
import { evaluationsAt, type FigureArm } from '../arms/armsOf';

/** IDs besides those of arms, which have no upper-case letters. */
const CONTROL = 'Control';
const UNTRAINED = 'Untrained';

const SPLITS = ['all', 'warm', 'cold'] as const;
/** Bounds of a value without an interval. */
const NONE = [null, null] as const;
const SPACE = 'js50-space';
const TOKENS = 'js50-tokens';

interface Measured<T> extends Labelled {
  readonly id: string;
  readonly mark: FigureArm['mark'];
  readonly of: T;
}

/** The control, the untrained model and the arms, if a probe decoder was trained on them. */
export function fidelities({ base }: RunRecord, arms: readonly FigureArm[]): Measured<Fidelity>[] {
  const mark = armMark('base', []);
  return [
    ...(base.control ? [{ id: CONTROL, ...spoken(() => t('Target’s own e')), mark, of: base.control }] : []),
    ...(base.fidelity ? [{ id: UNTRAINED, ...spoken(() => t('Untrained')), mark, of: base.fidelity }] : []),
    ...measured(arms, ({ fidelity }) => fidelity),
  ];
}

/** JS@50 in its two readings, over the same targets for all models. */
type OverlapValues = Pick<Ranked, 'values' | 'intervals'> & { readonly targets: number };

function overlapOf(ranked: Ranked | undefined): OverlapValues | undefined {
  const { values, intervals, overlapTargets } = ranked ?? {};
  return values && intervals && overlapTargets !== undefined ? { values, intervals, targets: overlapTargets } : undefined;
}

/**
 * Baselines and arms, if their lists were measured; none where earlier versions measured lists that cannot
 * differ.
 */
export function semanticOverlaps({ baselines, data }: RunRecord, arms: readonly FigureArm[]): Measured<OverlapValues>[] {
  if (!canDiffer(data.items)) return [];
  const mark = armMark('base', []);
  const known = BASELINES.map(({ id }) => ({
    id,
    ...spoken(() => sentenceCase(baselineName(id))),
    of: overlapOf(baselines[id]?.all),
  }));
  return [
    ...known.flatMap(({ of, ...baseline }) => (of === undefined ? [] : [{ ...baseline, mark, of }])),
    ...measured(arms, overlapOf),
  ];
}

/**
 * From the final evaluations, whatever the step shown, since the others have none; once all arms have them.
 */
function measured<T>(arms: readonly FigureArm[], of: (evaluation: Evaluation) => T | undefined): Measured<T>[] {
  const evaluations = evaluationsAt(arms, null);
  return arms.flatMap(({ id, label, mark }) => {
    const last = evaluations.get(id);
    const found = last ? of(last) : undefined;
    return found === undefined ? [] : [{ id, label, mark, of: found }];
  });
}

/** A measure of the probe decoders, as displayed; models without it are left out. */
export function fidelityGroups(list: readonly Measured<Fidelity>[], { at, all: { scale } }: FidelityMeasure): IntervalGroup[] {
  return list.flatMap(({ of, ...model }) => {
    const points = SPLITS.flatMap((split): IntervalPoint[] => {
      const found = at(of, split);
      if (found === null) return [];
      const { value, interval } = found;
      return [
        {
          ...spoken(() => splitName(split)),
          value: scale * value,
          interval: interval && [scale * interval[0], scale * interval[1]],
        },
      ];
    });
    return points.length === 0 ? [] : [{ ...model, points }];
  });
}

/** How many targets a measure of the probe decoders is over: not every one is over the same. */
export function targetsSentence(list: readonly Measured<Fidelity>[], { at }: FidelityMeasure): string {
  const n = (split: (typeof SPLITS)[number]): number => Math.max(0, ...list.map(({ of }) => at(of, split)?.n ?? 0));
  return t('Over {n} targets, {cold} of them cold.', { n: count(n('all')), cold: count(n('cold')) });
}

export function overlapGroups(list: readonly Measured<OverlapValues>[]): IntervalGroup[] {
  return list.map(({ of, ...model }) => ({
    ...model,
    points: [
      { ...spoken(() => t('neighbours')), value: of.values[SPACE] ?? 0, interval: of.intervals[SPACE] ?? null },
      { ...spoken(() => t('words')), value: of.values[TOKENS] ?? 0, interval: of.intervals[TOKENS] ?? null },
    ],
  }));
}

function gain({ values }: Fidelity): number {
  return values.decodability ?? 0;
}

/** One sentence on two arms; their intervals are over targets of one seed. */
export function fidelitySentence(list: readonly Measured<Fidelity>[], pair: readonly [FigureArm, FigureArm] | null): string {
  const find = (id: string | undefined): Fidelity | undefined => list.find((one) => one.id === id)?.of;
  const gainOf = (id: string): string => {
    const found = find(id);
    return found ? fixed(gain(found), 3) : 'none';
  };
  const beside = { before: gainOf(UNTRAINED), own: gainOf(CONTROL) };
  const [treatment, control] = pair ?? [];
  const [a, b] = [find(treatment?.id), find(control?.id)];
  if (!treatment || !control || !a || !b) {
    const [first] = list.filter(({ id }) => id !== UNTRAINED && id !== CONTROL);
    if (!first) return t('No probe decoder was trained on these arms.');
    return t(
      'What the probe decoder saves by knowing h is {gain} nats per token with {arm}{before, select, none {} other {, {before} before training}}{own, select, none {} other {, {own} when it reads the target’s own embedding instead}}.',
      { ...beside, gain: fixed(gain(first.of), 3), arm: first.label },
    );
  }
  return t(
    'What the probe decoder saves by knowing h is {gain} nats per token with {treatment} and {other} with {control}{before, select, none {} other {, {before} before training}}{own, select, none {} other {, {own} when it reads the target’s own embedding instead}}, over {n} targets. One seed: a description, not evidence.',
    {
      ...beside,
      gain: fixed(gain(a), 3),
      treatment: treatment.label,
      other: fixed(gain(b), 3),
      control: control.label,
      n: count(a.counts.decodability ?? 0),
    },
  );
}

export function fidelityTable(record: RunRecord, arms: readonly FigureArm[]): Table {
  const probed = fidelities(record, arms);
  const measures = FIDELITY_ENTRIES.flatMap(({ at, all }) =>
    probed.flatMap(({ label, of }) =>
      SPLITS.flatMap((split) => {
        const found = at(of, split);
        return found ? [[label, all.name, split, found.n, found.value, ...(found.interval ?? NONE)]] : [];
      }),
    ),
  );
  const nlls = probed.flatMap(({ label, of }) =>
    SPLITS.flatMap((split) => {
      const [nll, empty] = [splitId(split, 'decodedNll'), splitId(split, 'emptyNll')];
      const n = of.counts[nll];
      return n === undefined
        ? []
        : [
            [label, 'NLL given h', split, n, of.values[nll] ?? null, null, null],
            [label, 'NLL without h', split, n, of.values[empty] ?? null, null, null],
          ];
    }),
  );
  const overlaps = semanticOverlaps(record, arms).flatMap(({ label, of }) =>
    ([SPACE, TOKENS] as const).map((id) => [
      label,
      entry(id).name,
      'all',
      of.targets,
      of.values[id] ?? null,
      ...(of.intervals[id] ?? NONE),
    ]),
  );
  return {
    columns: ['model', 'measure', 'targets', 'n', 'value', '95 % low', '95 % high'],
    rows: [...measures, ...nlls, ...overlaps],
  };
}
