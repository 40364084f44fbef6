import { sinkPopulation } from '../../../measures/sinks/userSinks';
import { Term } from '../../glossary/Term';
import { useView } from '../../state/view';
import { comparedArms, evaluationAt } from '../armsOf';
import { Panel } from '../panel/Panel';
import { TrainingChart } from '../TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import { baseLine, COLLAPSE, collapseSentence, collapseSeries, collapseTable, formatMeasure } from './collapseData';
import styles from './Collapse.module.css';

export function CollapsePanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const pair = comparedArms(
    arms,
    useView((view) => view.difference),
  );
  const batchSize = record.spec.training.batchSize;
  const { threshold } = record.base.sinks;
  const population = sinkPopulation(record, arms[0] ? evaluationAt(arms[0].record, step) : null);
  return (
    <Panel
      name="Collapse measures"
      wide
      title="Does the meaning survive?"
      table={() => collapseTable(record, arms)}
      sentence={collapseSentence(record, pair, step)}
      caption={
        <>
          Item-<Term id="sink">sink</Term> rate: share of heads in which some item position has importance α above ε = {threshold}
          . <Term id="barcode">Barcode index</Term> over item positions. Both are means over layers and heads, {population}.{' '}
          <Term id="rankMeInterest">RankMe</Term> of the centred interest embeddings of the evaluated users (open markers: all
          users; more users give more dimensions). <Term id="lmDrift">LM drift</Term>: NLL of held-out item texts under the
          adapted model minus the base model’s ({record.base.lmNll.toFixed(2)}). One seed, no intervals.
        </>
      }
    >
      <div className={styles.row}>
        {COLLAPSE.map((measure) => (
          <TrainingChart
            key={measure.id}
            name={measure.label}
            height={190}
            labelWidth={92}
            series={collapseSeries(arms, measure, axis, batchSize)}
            references={baseLine(record, measure)}
            yKind="linear"
            formatY={formatMeasure(measure)}
            include={measure.id === 'itemSink' || measure.id === 'drift' ? [0] : []}
            yLabel={`${measure.label} (${measure.unit})`}
            training={record.spec.training}
          />
        ))}
      </div>
    </Panel>
  );
}
