import type { Table } from '../../charts/export/table';
import { RateDrawing } from '../../charts/rates/RateDrawing';
import { layOutRates } from '../../charts/rates/ratePlot';
import { OVER_RATES, rateLines } from '../../charts/rates/rateLines';
import type { GridPlan } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';
import { mainMeasures, measureHeading } from '../../measures/measures';
import { Swatch } from '../controls/Swatch';
import { Panel } from '../figure/panel/Panel';
import styles from './Grid.module.css';

interface GridRatesProps {
  readonly plan: GridPlan;
  readonly results: ReadonlyMap<string, CellResult>;
  readonly table: () => Table;
}

const SIZE = { width: 320, height: 240 };

/** What the learning rate does to each arm: ranking, sinks and language, where a grid varies it. */
export function GridRates({ plan, results, table }: GridRatesProps) {
  const measures = mainMeasures(plan.grid.base.evaluation.ks);
  const plots = OVER_RATES.flatMap((id) => {
    const measure = measures.find((one) => one.id === id);
    const lines = measure === undefined ? [] : rateLines(plan, results, measure);
    return measure === undefined || lines.length === 0 ? [] : [{ measure, lines }];
  });
  const [first] = plots;
  if (first === undefined) return null;
  return (
    <Panel
      name="Over the learning rate"
      title="Which learning rates does each arm bear?"
      wide
      table={table}
      sentence={`${plan.grid.seeds.length} seeds at most; a rate appears with its first finished run.`}
      caption="Means over seeds with 95 % t-intervals, final evaluation. One line an arm; a single seed has no interval."
    >
      <p className={styles.legend}>
        {first.lines.map(({ label, mark }) => (
          <span key={label}>
            <Swatch mark={mark} /> {label}
          </span>
        ))}
      </p>
      <div className={styles.forests}>
        {plots.map(({ measure, lines }) => (
          <svg
            key={measure.id}
            data-chart
            {...SIZE}
            role="img"
            aria-label={`${measure.name} over the learning rate: ${lines
              .map(
                ({ label, points }) =>
                  `${label} ${points.map(({ rate, mean }) => `${mean.toFixed(measure.digits)} at ${rate}`).join(', ')}`,
              )
              .join('; ')}`}
          >
            <RateDrawing title={measureHeading(measure)} layout={layOutRates(lines, SIZE)} />
          </svg>
        ))}
      </div>
    </Panel>
  );
}
