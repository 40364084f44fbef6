/** What surgery and the dial did to the arms of a recorded run, as Markdown. Pure. */
import type { DialledArm, DialPoint } from '../record/dial';
import type { OperationResults } from '../record/operationResults';
import type { SurgeryDifference } from '../record/surgery';
import { holm } from '../statistics/hypothesis';
import { compareHits } from '../statistics/pairedHits';
import { mean } from '../statistics/statistics';
import { markdownTable } from './markdown';

/** t of the points that are shown; the front has all. */
const SHOWN = [0, 0.2, 0.5, 0.7, 1, 1.2];

/** Rounded, without a negative zero. */
function digits(value: number, count: number): string {
  return (Number(value.toFixed(count)) + 0).toFixed(count);
}

function interval({ mean: value, low, high }: Omit<SurgeryDifference, 'p'>, scale: number, count: number): string {
  const shown = (one: number): string => digits(scale * one, count);
  return `${shown(value)} [${shown(low)}, ${shown(high)}]`;
}

const points = (difference: Omit<SurgeryDifference, 'p'>): string => interval(difference, 100, 1);
const nats = (difference: SurgeryDifference | null): string => (difference === null ? '–' : interval(difference, 1, 3));

function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

function surgeryRows({ surgeries }: OperationResults): string {
  const rows = Object.entries(surgeries).flatMap(([operation, models]) =>
    present(models).map(({ id, before, effect, control }) => [
      operation,
      id,
      `${digits(before.sinkRate, 3)} → ${digits(effect.sinkRate, 3)}`,
      points(effect.hits[10]!),
      control === null ? '–' : points(control.hits[10]!),
      points(effect.hits[200]!),
      nats(effect.domain),
      control === null ? '–' : nats(control.domain),
    ]),
  );
  const head = ['operation', 'model', 'sink rate', 'ΔHR@10', 'control', 'ΔHR@200', 'Δ domain, nats', 'control'];
  return markdownTable(head, rows);
}

function trainedOf({ points: all }: DialledArm): DialPoint {
  return all.find(({ t, leading }) => t === 1 && !leading)!;
}

function dialRows(arms: readonly DialledArm[]): string {
  const rows = arms.flatMap(({ id, points: all }) =>
    all
      .filter(({ t, leading }) => leading || SHOWN.includes(t))
      .map((point) => [
        id,
        point.leading ? `leading × ${point.t}` : String(point.t),
        digits(100 * point.hits[10]!, 1),
        digits(100 * point.hits[200]!, 1),
        digits(mean(point.domain), 3),
        digits(point.sinkRate, 3),
        digits(point.klTexts, 3),
        digits(point.klCatalogue, 3),
      ]),
  );
  return markdownTable(['arm', 't', 'HR@10', 'HR@200', 'domain NLL', 'sink rate', 'KL texts', 'KL catalogue'], rows);
}

/**
 * Each other arm as trained, against the point of the first arm's dial that keeps as much language, or else
 * the most.
 */
function frontRows([first, ...others]: readonly DialledArm[]): string {
  if (first === undefined) return '';
  const reached = first.points.filter(({ leading }) => !leading);
  const rows = others.map((arm) => {
    const own = trainedOf(arm);
    const able = reached.filter(({ domain }) => mean(domain) <= mean(own.domain));
    const mildest = reached.reduce((best, one) => (mean(one.domain) < mean(best.domain) ? one : best));
    const against = able.reduce((best, one) => (one.hits[10]! > best.hits[10]! ? one : best), able[0] ?? mildest);
    const found = compareHits(own.hit10, against.hit10)!;
    return [
      arm.id,
      digits(mean(own.domain), 3),
      `${against.t} (${digits(mean(against.domain), 3)})`,
      points({ mean: found.difference, low: found.low, high: found.high }),
    ];
  });
  return markdownTable(['arm at t = 1', 'domain NLL', `${first.id} at t (domain NLL)`, 'HR@10 of the arm − that'], rows);
}

/** Spearman's correlation of values without ties. */
function rankCorrelation(one: readonly number[], other: readonly number[]): number {
  const ranksOf = (values: readonly number[]): number[] =>
    values.map((value) => values.filter((beside) => beside < value).length);
  const [a, b] = [ranksOf(one), ranksOf(other)];
  const n = one.length;
  return 1 - (6 * a.reduce((sum, rank, at) => sum + (rank - b[at]!) ** 2, 0)) / (n * (n * n - 1));
}

function lines(results: OperationResults, arms: readonly DialledArm[]): string[] {
  const heads = Object.entries(results.headGrid).flatMap(([id, found]) =>
    (found ?? []).map((effect, head) => ({ id, head, p: effect[10]!.p, change: effect[10]!.mean })),
  );
  const corrected = holm(heads.map(({ p }) => p));
  const largest = heads.reduce((worst, one) => (Math.abs(one.change) > Math.abs(worst.change) ? one : worst));
  const trained = arms.map(trainedOf);
  const drift = trained.map(({ domain }) => mean(domain));
  const found = [
    `Heads that change HR@10 when cut alone, after Holm's correction over ${heads.length}: ${corrected.filter((p) => p < 0.05).length}. Largest change: ${digits(100 * largest.change, 1)} points (${largest.id}, head ${largest.head + 1}).`,
    ...arms.map(({ id, points: all }) => {
      const at = (t: number, leading = false): number => mean(all.find((one) => one.t === t && one.leading === leading)!.domain);
      const whole = at(1) - at(0);
      return `${id}: ${digits((100 * (at(0.5) - at(0))) / whole, 0)} % of its domain drift at t = 0.5; leading directions × 0.7 take back ${digits((100 * (at(1) - at(0.7, true))) / whole, 0)} %.`;
    }),
  ];
  if (arms.length > 2)
    found.push(
      `Rank correlation with domain NLL over ${arms.length} arms: KL on item texts ${digits(
        rankCorrelation(
          drift,
          trained.map(({ klTexts }) => klTexts),
        ),
        2,
      )}, KL on the catalogue ${digits(
        rankCorrelation(
          drift,
          trained.map(({ klCatalogue }) => klCatalogue),
        ),
        2,
      )}.`,
    );
  return found;
}

/** All tables of a run. */
export function operationTables(results: OperationResults): string {
  const arms = present(results.dial);
  return [
    `# Operated on: the recorded run \`${results.preset}\`, ${results.targets} test targets`,
    surgeryRows(results),
    dialRows(arms),
    frontRows(arms),
    lines(results, arms).join('\n\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
