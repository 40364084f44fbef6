import { ForestPlot } from '../../charts/forest/ForestPlot';
import { forestLabelWidth } from '../../charts/forest/forestPlot';
import type { Table } from '../../charts/export/table';
import { measureHeading } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { forestRows } from '../../charts/forest/forestRows';
import type { MatrixRow } from '../../experiment/grid/matrix';
import { Panel } from '../figure/panel/Panel';
import { signedShown, variantText } from './words';
import styles from './Grid.module.css';

interface GridForestProps {
  readonly rows: readonly MatrixRow[];
  readonly baseline: MatrixRow;
  /** What to draw, and where it stands among the rows' entries. */
  readonly columns: readonly { readonly measure: Measure; readonly i: number }[];
  readonly table: () => Table;
}

/** Every difference from the baseline with its interval: the matrix at a glance. */
export function GridForest({ rows, baseline, columns, table }: GridForestProps) {
  const others = rows.filter((row) => row !== baseline);
  const all = others.flatMap(({ entries }) => columns.flatMap(({ i }) => entries[i]!.comparison ?? []));
  if (all.length === 0) return null;
  const found = all.filter(({ distinguishable }) => distinguishable).length;
  const name = variantText(baseline.variant);
  const labelWidth = forestLabelWidth(others.map(({ variant }) => variantText(variant)));
  return (
    <Panel
      name="Differences from the baseline"
      title={`What differs from ${name}?`}
      wide
      table={table}
      sentence={
        all.every(({ n }) => n === 1)
          ? 'One seed: no difference can be tested yet.'
          : `${found} of ${all.length} differences are distinguishable from 0.`
      }
      caption={`Paired over seeds, with 95 % t-intervals; faint dots are single seeds. Filled markers are distinguishable (paired t-test, Holm’s correction over the rows of one measure), open ones are not.`}
    >
      <div className={styles.forests}>
        {columns.map(({ measure, i }) => {
          const told = others.map(({ variant, entries }) => {
            const { comparison } = entries[i]!;
            return `${variantText(variant)} ${comparison ? signedShown(measure, comparison.difference) : 'not known'}`;
          });
          return (
            <ForestPlot
              key={measure.id}
              title={measureHeading(measure)}
              rows={forestRows(rows, baseline, i, variantText)}
              width={labelWidth + 190}
              labelWidth={labelWidth}
              description={`${measure.name} against ${name}: ${told.join(', ')}`}
            />
          );
        })}
      </div>
    </Panel>
  );
}
