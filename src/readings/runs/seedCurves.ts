/** Curves of one measure over steps: the mean over seeds with a band, and single seeds faintly. Pure. */
import { spoken } from '../../scene/marks/label';
import { message, t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { LinePoint, LineSeries, ReferenceLine } from '../../scene/charts/series';
import type { ArmMark } from '../../scene/marks/armMark';
import type { Measure } from '../../measures/measure';
import { seedBand, type BandKind } from '../../statistics/seedBand';
import type { ArmCurve } from './curves';

/** One arm of runs that differ only in their seed. */
export interface SeedGroup {
  readonly id: string;
  readonly label: string;
  readonly mark: ArmMark;
  readonly seeds: readonly { readonly seed: number; readonly curve: ArmCurve }[];
}

export const BAND_WORDS: Readonly<Record<BandKind, string>> = {
  t95: message('95 % t-interval of the mean'),
  sd: message('± standard deviation'),
  se: message('± standard error'),
  range: message('smallest to largest seed'),
};

type Population = 'sample' | 'all';

function trace({ points }: ArmCurve, measure: Measure, population: Population): LinePoint[] {
  return points.flatMap(({ step, population: on, values }) => {
    const value = values[measure.id];
    return on !== population || value === undefined ? [] : [{ x: step, key: step, y: value * measure.scale }];
  });
}

/** Mean and band at every step at which all seeds of the group were evaluated. */
function meanPoints(group: SeedGroup, measure: Measure, population: Population, band: BandKind): LinePoint[] {
  const traces = group.seeds.map(({ curve }) => trace(curve, measure, population));
  return (traces[0] ?? []).flatMap(({ x }) => {
    const values = traces.flatMap((points) => points.find((point) => point.x === x)?.y ?? []);
    if (values.length < traces.length) return [];
    const { mean, low, high, n } = seedBand(values, band);
    return [{ x, key: x, y: mean, n, ...(low !== null && high !== null && { low, high }) }];
  });
}

export function seedSeries(groups: readonly SeedGroup[], measure: Measure, band: BandKind): LineSeries[] {
  return groups.flatMap((group): LineSeries[] => {
    const { id, label, mark, seeds } = group;
    const points = meanPoints(group, measure, 'sample', band);
    const apart = meanPoints(group, measure, 'all', band);
    if (points.length + apart.length === 0) return [];
    const traces = seeds.length > 1 ? seeds.map(({ curve }) => trace(curve, measure, 'sample')) : [];
    return [{ id, label, mark, markers: true, banded: true, points, traces, apart }];
  });
}

/**
 * The base model's value, once for each that the runs have; several are named by the first curve that has
 * them.
 */
export function baseReferences(groups: readonly SeedGroup[], measure: Measure): ReferenceLine[] {
  const found = new Map<number, string>();
  for (const { label, seeds } of groups) {
    for (const { curve } of seeds) {
      const value = curve.base[measure.id];
      if (value !== undefined && !found.has(value)) found.set(value, label);
    }
  }
  return [...found].map(([value, label]) => ({
    id: `base ${value}`,
    ...(found.size === 1 ? spoken(() => t('base')) : spoken(() => t('base of {arm}', { arm: label }))),
    value: value * measure.scale,
    dash: '1.5 3',
  }));
}

export function seedTable(groups: readonly SeedGroup[], measure: Measure, band: BandKind): Table {
  const rows = groups.flatMap((group) =>
    (['sample', 'all'] as const).flatMap((population) =>
      meanPoints(group, measure, population, band).map(({ x, y, low, high, n }) => [
        group.label,
        x,
        population,
        n ?? null,
        y,
        low ?? null,
        high ?? null,
        group.seeds
          .map(({ seed, curve }) => `${seed}: ${String(trace(curve, measure, population).find((one) => one.x === x)?.y)}`)
          .join('; '),
      ]),
    ),
  );
  return { columns: ['curve', 'step', 'population', 'seeds', measure.name, 'low', 'high', 'by seed'], rows };
}
