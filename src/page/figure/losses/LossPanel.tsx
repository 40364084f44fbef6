import { Check, Select } from '../../controls/Choice';
import { compact } from '../../format';
import { setView, useView, type LossTerm } from '../../state/view';
import { Panel } from '../panel/Panel';
import { TrainingChart, useXRange } from '../TrainingChart';
import { useFigureArms, useRecord } from '../useFigureArms';
import { lossSentence, lossSeries, lossTable, TRACES } from './lossData';
import styles from './Losses.module.css';

export function LossPanel() {
  const record = useRecord();
  const arms = useFigureArms(record);
  const term = useView((view) => view.lossTerm);
  const axis = useView((view) => view.xAxis);
  const smoothing = useView((view) => view.smoothing);
  const log = useView((view) => view.lossLog);
  const { label, unit, definition } = TRACES[term];
  const series = lossSeries(arms, term, axis, smoothing, useXRange());
  return (
    <Panel
      name="Losses"
      title="Is it learning?"
      controls={<LossControls />}
      table={() => lossTable(arms)}
      sentence={lossSentence(arms, term, smoothing)}
      caption={
        <>
          {label}: {definition}. One value per step, on that step’s batch of {record.spec.training.batchSize} users
          {smoothing > 0 ? `; line: exponential moving average, β = ${smoothing}; faint: raw` : ''}. One seed.
        </>
      }
    >
      <TrainingChart
        name="Losses"
        height={240}
        series={series}
        references={[]}
        yKind={log ? 'log' : 'linear'}
        formatY={(value) => compact(Number(value.toPrecision(3)))}
        yLabel={`${label} (${unit})`}
        training={record.spec.training}
      />
    </Panel>
  );
}

const TERM_OPTIONS = Object.entries(TRACES).map(([value, { label }]) => ({ value: value as LossTerm, label }));

function LossControls() {
  const term = useView((view) => view.lossTerm);
  const smoothing = useView((view) => view.smoothing);
  const log = useView((view) => view.lossLog);
  return (
    <>
      <Select
        label="Term"
        value={term}
        options={TERM_OPTIONS}
        onChange={(lossTerm) => {
          setView({ lossTerm });
        }}
      />
      <label className={styles.smoothing}>
        smoothing
        <input
          type="range"
          min={0}
          max={0.98}
          step={0.02}
          value={smoothing}
          onChange={(event) => {
            setView({ smoothing: Number(event.currentTarget.value) });
          }}
        />
      </label>
      <Check
        label="log"
        checked={log}
        onChange={(lossLog) => {
          setView({ lossLog });
        }}
      />
    </>
  );
}
