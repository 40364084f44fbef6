import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { armMark } from '../../../../scene/marks/armMark';
import { compareOverUsers, pText } from '../../../../statistics/comparison';
import type { Measure } from '../../../../measures/measure';
import type { MatrixRow } from '../../../../experiment/grid/matrix';
import { percent, signed } from '../../../../readings/format';
import type { ArmCurve } from '../../../../readings/runs/curves';
import { PowerNote } from '../runs/PowerNote';
import { useRuns } from '../../../state/runs/runsState';
import { SeedCurves } from '../runs/SeedCurves';
import type { SeedGroup } from '../../../../readings/runs/seedCurves';
import { useCurves } from '../../../state/runs/useCurves';
import { resultsOf } from '../../../state/grid/gridState';
import { comparisonText, shownValue, signedShown, variantText } from '../../../../readings/grid/words';
import styles from './Grid.module.css';

interface CellDetailProps {
  readonly row: MatrixRow;
  readonly baseline: MatrixRow;
  /** Index of the measure among the row's entries. */
  readonly index: number;
  /** Rows that are compared with the baseline. */
  readonly comparisons: number;
}

/** The curves of one row beside the baseline, and all tests. */
export function CellDetail({ row, baseline, index, comparisons }: CellDetailProps) {
  const entries = useRuns((runs) => runs.entries);
  const results = resultsOf(entries);
  const rows = row === baseline ? [row] : [baseline, row];
  const runs = new Set(rows.flatMap(({ cells }) => cells.flatMap(({ key }) => results.get(key)?.run ?? [])));
  const curves = useCurves(entries.filter(({ id }) => runs.has(id)));
  const ids = rows.map(({ variant }) => variant.arm.id);
  const groups = rows.map(({ variant, cells }, place): SeedGroup => {
    const seeds = cells.flatMap(({ key, seed }) => {
      const result = results.get(key);
      const curve = result && curves.get(result.run)?.get(result.arm);
      return curve ? [{ seed, curve }] : [];
    });
    // Two settings of the same arm would look alike.
    const alike = place === 1 && ids[0] === ids[1];
    return { id: variant.id, label: variantText(variant), mark: armMark(alike ? '+rec' : variant.arm.id, ids), seeds };
  });
  const { measure, mean, comparison } = row.entries[index]!;
  const [against, own] = groups;
  return (
    <>
      <SeedCurves
        groups={groups}
        measure={measure}
        title={`${measure.name}: ${variantText(row.variant)}`}
        sentence={
          comparison
            ? t('{measure} of {row} is {difference} against {baseline}; {tests}.', {
                measure: measure.name,
                row: variantText(row.variant),
                difference: signedShown(measure, comparison.difference),
                baseline: variantText(baseline.variant),
                tests: comparisonText(measure, comparison),
              })
            : mean === null
              ? t('{measure} of the baseline is not known yet.', { measure: measure.name })
              : t('{measure} of the baseline is {value}.', { measure: measure.name, value: shownValue(measure, mean) })
        }
      />
      {row !== baseline && (
        <PowerNote
          key={`${row.variant.id} ${baseline.variant.id} ${measure.id}`}
          measure={measure}
          name={t('{row} against {baseline}', { row: variantText(row.variant), baseline: variantText(baseline.variant) })}
          own={row.entries[index]!.values}
          baseline={baseline.entries[index]!.values}
          comparisons={comparisons}
        />
      )}
      {own && against && <UserTests own={own} against={against} measure={measure} />}
    </>
  );
}

/** Tests within each seed: whether the difference would hold for other users. */
function UserTests({
  own,
  against,
  measure,
}: {
  readonly own: SeedGroup;
  readonly against: SeedGroup;
  readonly measure: Measure;
}) {
  const k = /^hr@(\d+)$/.exec(measure.id)?.[1];
  if (k === undefined) return null;
  const curveOf = (group: SeedGroup, seed: number): ArmCurve | undefined => group.seeds.find((one) => one.seed === seed)?.curve;
  const lines = own.seeds.flatMap(({ seed, curve }) => {
    const other = curveOf(against, seed);
    const test = other && compareOverUsers(curve, other, Number(k));
    return test ? [{ seed, ...test }] : [];
  });
  if (lines.length === 0) return null;
  return (
    <div className={styles.users}>
      <p className={styles.caption}>
        <T
          text="<b>Within each seed, over users</b>: difference of HR@{k} in points, 95 % interval, randomisation test (uncorrected). They say whether other users would agree, not other seeds."
          values={{ k, b: (inside) => <b>{inside}</b> }}
        />
      </p>
      <ul>
        {lines.map(({ seed, users, difference, low, high, p }) => (
          <li key={seed}>
            {t('seed {seed}: {difference} [{low}, {high}], {p}, n {users} ({share} % of users)', {
              seed: String(seed),
              difference: signed(100 * difference, 1),
              low: signed(100 * low, 1),
              high: signed(100 * high, 1),
              p: pText(p),
              users: String(users),
              share: percent(Math.abs(difference)),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
