import { t } from '../../../../words/words';
import { ForestPlot } from '../../../../charts/forest/ForestPlot';
import { forestLabelWidth } from '../../../../charts/forest/forestPlot';
import type { Table } from '../../../../charts/export/table';
import type { Measure } from '../../../../measures/measure';
import { forestRows } from '../../../../charts/forest/forestRows';
import type { ForestedRow } from '../../../../experiment/grid/forest';
import { Panel } from '../../../ui/panel/Panel';
import { signed } from '../../../../readings/format';
import { differenceHeading } from '../../../../measures/measures';
import styles from './Forest.module.css';

interface ForestPanelProps {
  readonly rows: readonly ForestedRow[];
  readonly baseline: ForestedRow;
  /** What to draw, and its index among the rows' entries. */
  readonly columns: readonly { readonly measure: Measure; readonly i: number }[];
  readonly table: () => Table;
  /** The origin of the runs, stated before what the plot shows. */
  readonly of?: string;
}

/** Every difference from the baseline with its interval: the matrix at a glance. */
export function ForestPanel({ rows, baseline, columns, table, of = '' }: ForestPanelProps) {
  const others = rows.filter((row) => row !== baseline);
  const all = others.flatMap(({ entries }) => columns.flatMap(({ i }) => entries[i]!.comparison ?? []));
  if (all.length === 0) return null;
  const found = all.filter(({ distinguishable }) => distinguishable).length;
  const name = baseline.variant.label;
  const labelWidth = forestLabelWidth(others.map(({ variant }) => variant.label));
  return (
    <Panel
      name={() => t('Differences from the baseline')}
      title={t('What differs from {baseline}?', { baseline: name })}
      wide
      table={table}
      sentence={
        all.every(({ n }) => n === 1)
          ? t('One seed: no difference can be tested yet.')
          : t('{found} of {n} differences are distinguishable from 0.', { found, n: all.length })
      }
      caption={`${of}${t('Paired over seeds, with 95 % t-intervals; faint dots are single seeds. Filled markers are distinguishable (paired t-test, Holm’s correction over the rows of one measure), open ones are not.')}`}
    >
      <div className={styles.forests}>
        {columns.map(({ measure, i }) => {
          const told = others.map(({ variant, entries }) => {
            const { comparison } = entries[i]!;
            return `${variant.label} ${comparison ? signed(comparison.difference * measure.scale, measure.digits) : t('not known')}`;
          });
          return (
            <ForestPlot
              key={measure.id}
              title={() => differenceHeading(measure)}
              rows={forestRows(rows, baseline, i, ({ label }) => label)}
              width={labelWidth + 190}
              labelWidth={labelWidth}
              description={t('{measure} against {baseline}: {rows}', {
                measure: measure.name,
                baseline: name,
                rows: told.join(', '),
              })}
            />
          );
        })}
      </div>
    </Panel>
  );
}
