import { Fragment } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import type { MeasureId } from '../../../../measures/entries';
import { sinkPopulation } from '../../../../measures/sinks/userSinks';
import { sentenceCase } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { useView } from '../../../state/view/view';
import { oneOf } from '../../../../record/comparedEvaluations';
import { attentionsAt, comparedArms } from '../../../../readings/arms/armsOf';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { TrainingChart } from '../training/TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import {
  baseLine,
  chartedMeasures,
  collapseSentence,
  collapseSeries,
  collapseTable,
  formatMeasure,
} from '../../../../readings/series/collapseData';
import { measureHeading } from '../../../../measures/measures';
import styles from './Collapse.module.css';

/** @param only the charts to draw; default: all */
export function CollapsePanel({ only }: { readonly only?: readonly MeasureId[] | undefined }) {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const pair = comparedArms(
    arms,
    useView((view) => view.difference),
  );
  const batchSize = record.spec.training.batchSize;
  const measures = chartedMeasures(arms).filter(({ id }) => only?.some((one) => one === id) ?? true);
  const { threshold } = record.base.sinks;
  const population = sinkPopulation(record, oneOf(attentionsAt(arms, step)));
  return (
    <Panel
      name={() => t('Collapse measures')}
      wide
      title={t('Does the representation collapse?')}
      leftOut={only === undefined ? leftOut(record, 'shapes') : null}
      table={() => collapseTable(record, arms)}
      sentence={collapseSentence(record, pair, arms, step, only)}
      caption={
        <>
          {measures.map((measure) => (
            <Fragment key={measure.id}>
              <i>{sentenceCase(measure.name)}.</i> {measure.definition}{' '}
            </Fragment>
          ))}
          <T
            text="A <sink>sink</sink> has importance α above ε = {threshold}. Attention {population}. Open markers: all users, who give more dimensions. One seed, no intervals."
            values={{ threshold: String(threshold), population, sink: (inside) => <Term id="sink">{inside}</Term> }}
          />
        </>
      }
    >
      <div className={styles.row}>
        {measures.map((measure) => (
          <TrainingChart
            key={measure.id}
            name={() => measure.name}
            height={190}
            series={collapseSeries(arms, measure, axis, batchSize)}
            references={baseLine(record, measure)}
            yKind="linear"
            formatY={formatMeasure(measure)}
            include={measure.fromZero ? [0] : []}
            yLabel={() => measureHeading(measure)}
            training={record.spec.training}
          />
        ))}
      </div>
    </Panel>
  );
}
