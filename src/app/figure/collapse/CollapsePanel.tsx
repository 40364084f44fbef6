import { LineChart } from '../../../charts/line/LineChart';
import { sinkPopulation } from '../../../evaluation/userSinks';
import { count } from '../../format';
import { Term } from '../../glossary/Term';
import { setView, useView } from '../../state/view';
import { comparedArms, evaluationAt } from '../armsOf';
import { Panel } from '../panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import { cursorX, formatX, X_LABELS } from '../xAxis';
import { baseLine, COLLAPSE, collapseSentence, collapseSeries, collapseTable, formatMeasure } from './collapseData';
import styles from './Collapse.module.css';

export function CollapsePanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const hovered = useView((view) => view.hoveredStep);
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
          <Term id="rank">RankMe</Term> of the centred interest embeddings of the evaluated users (open markers: all users; more
          users give more dimensions). <Term id="drift">LM drift</Term>: NLL of held-out item texts under the adapted model minus
          the base model’s ({record.base.lmNll.toFixed(2)}). One seed, no intervals.
        </>
      }
    >
      <div className={styles.row}>
        {COLLAPSE.map((measure) => (
          <LineChart
            key={measure.id}
            name={measure.label}
            height={190}
            labelWidth={92}
            series={collapseSeries(arms, measure, axis, batchSize)}
            references={baseLine(record, measure)}
            xKind="linear"
            yKind="linear"
            formatX={formatX(axis)}
            formatY={formatMeasure(measure)}
            include={measure.id === 'itemSink' || measure.id === 'drift' ? [0] : []}
            xLabel={X_LABELS[axis]}
            yLabel={`${measure.label} (${measure.unit})`}
            hovered={hovered}
            onHover={(hoveredStep) => {
              setView({ hoveredStep });
            }}
            cursor={cursorX(step, axis, batchSize)}
            reach={cursorX(record.spec.training.steps, axis, batchSize)}
            describeKey={(key) => `step ${count(key)}`}
          />
        ))}
      </div>
    </Panel>
  );
}
