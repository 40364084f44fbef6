import { t } from '../../../../words/words';
import { Checkbox, Select } from '../../../ui/controls/Choice';
import { setView, useView } from '../../../state/view/view';
import type { LossTerm } from '../../../../readings/choices';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { TrainingChart, useXRange } from '../training/TrainingChart';
import { useFigureArms, useRecord } from '../../../state/run/useFigureArms';
import { exactly, lossDefinition, lossSentence, lossSeries, lossTable, TRACES } from '../../../../readings/series/lossData';
import styles from './Losses.module.css';

export function LossPanel() {
  const record = useRecord();
  const arms = useFigureArms(record);
  const term = useView((view) => view.lossTerm);
  const axis = useView((view) => view.xAxis);
  const smoothing = useView((view) => view.smoothing);
  const log = useView((view) => view.lossLog);
  const { label, unit } = TRACES[term];
  const series = lossSeries(arms, term, axis, smoothing, useXRange());
  return (
    <Panel
      name={() => t('Losses')}
      title={t('Is it learning?')}
      controls={<LossControls />}
      absent={leftOut(record, 'losses')}
      table={() => lossTable(arms)}
      sentence={lossSentence(arms, term, smoothing)}
      caption={t(
        '{loss}: {definition}. One value per step, on that step’s batch of {users} users{smoothing, select, 0 {} other {; line: exponential moving average, β = {smoothing}; faint: raw}}. One seed.',
        {
          loss: t(label),
          definition: lossDefinition(term),
          users: String(record.spec.training.batchSize),
          smoothing: String(smoothing),
        },
      )}
    >
      <TrainingChart
        name={() => t('Losses')}
        height={240}
        series={series}
        references={[]}
        yKind={log ? 'log' : 'linear'}
        formatY={(value) => exactly(value, 3)}
        yLabel={() => `${t(label)} (${t(unit)})`}
        training={record.spec.training}
      />
    </Panel>
  );
}

function LossControls() {
  const term = useView((view) => view.lossTerm);
  const smoothing = useView((view) => view.smoothing);
  const log = useView((view) => view.lossLog);
  return (
    <>
      <Select
        label={t('Term')}
        value={term}
        options={Object.entries(TRACES).map(([value, { label }]) => ({ value: value as LossTerm, label: t(label) }))}
        onChange={(lossTerm) => {
          setView({ lossTerm });
        }}
      />
      <label className={styles.smoothing}>
        {t('smoothing')}
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
      <Checkbox
        label={t('log')}
        checked={log}
        onChange={(lossLog) => {
          setView({ lossLog });
        }}
      />
    </>
  );
}
