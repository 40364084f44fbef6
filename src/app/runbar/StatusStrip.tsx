import { armMark } from '../../charts/marks/armMark';
import type { ArmRecord } from '../../spec/runRecord';
import { count, day, duration } from '../format';
import { Swatch } from '../controls/Swatch';
import { useOpening } from '../opening/openingState';
import { useExperiment } from '../state/experiment';
import { setRecipe, useRecipe } from '../state/recipe';
import { adapterName } from './DeviceBadge';
import { armProgress, stageAmount, stageTitle } from './progress';
import styles from './StatusStrip.module.css';

/** Second line of the run bar: what is going on, then one cell an arm. */
export function StatusStrip() {
  const arms = useExperiment((experiment) => experiment.record?.arms);
  const spec = useExperiment((experiment) => experiment.record?.spec);
  const ids = arms?.map((arm) => arm.id) ?? [];
  return (
    <div className={styles.strip}>
      <Status />
      {arms && spec && (
        <ul className={styles.arms} data-many={arms.length > 2 || undefined} aria-label="Progress of the arms">
          {arms.map((arm) => (
            <ArmCell
              key={arm.id}
              arm={arm}
              label={spec.arms.find((one) => one.id === arm.id)?.label ?? arm.id}
              steps={spec.training.steps}
              ids={ids}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function Status() {
  const phase = useExperiment((experiment) => experiment.phase);
  const stage = useExperiment((experiment) => experiment.stage);
  const source = useExperiment((experiment) => experiment.source);
  const record = useExperiment((experiment) => experiment.record);
  const recorded = useOpening((opening) => opening.recorded);
  if (phase === 'preparing') {
    return (
      <p className={styles.status}>
        <span role="status">{stage ? stageTitle(stage) : 'Preparing'}</span>
        {stage && (
          <span className={styles.note}>
            {stage.note} {stageAmount(stage)}
          </span>
        )}
        {stage && stage.total > 0 && <progress value={stage.done} max={stage.total} aria-label={stageTitle(stage)} />}
      </p>
    );
  }
  if (phase !== 'idle' && source === 'live') {
    return (
      <p className={styles.status}>
        <span role="status">{PHASES[phase]}</span>
      </p>
    );
  }
  if (record && source !== 'live') {
    return (
      <p className={styles.status}>
        <span role="status" className={styles.badge}>
          {source === 'recorded' ? 'Recorded run' : 'Opened record'} · {adapterName(record.adapter)} · {day(record.createdAt)}
        </span>
        <button
          type="button"
          className="plain"
          onClick={() => {
            setRecipe(useRecipe.getState().presetId, record.spec);
          }}
        >
          Take its recipe
        </button>
      </p>
    );
  }
  if (recorded.state === 'loading' && recorded.done > 0) {
    const { done, total } = recorded;
    return (
      <p className={styles.status}>
        <span role="status">Loading the recorded experiment</span>
        <span className={styles.note}>{stageAmount({ stage: 'download', note: '', done, total: total || done })}</span>
      </p>
    );
  }
  return (
    <p className={styles.status}>
      <span role="status">{PHASES[phase]}</span>
    </p>
  );
}

const PHASES = {
  idle: 'Nothing has run yet',
  preparing: 'Preparing',
  running: 'Running',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
} as const;

interface ArmCellProps {
  readonly arm: ArmRecord;
  readonly label: string;
  readonly steps: number;
  readonly ids: readonly string[];
}

function ArmCell({ arm, label, steps, ids }: ArmCellProps) {
  const { step, examples, seconds, rate, left } = armProgress(arm.steps, steps);
  const mark = armMark(arm.id, ids);
  const done = step >= steps;
  const facts = `${label}: step ${count(step)} of ${count(steps)}, ${count(examples)} examples, ${duration(seconds)}`;
  return (
    <li className={styles.arm} style={{ color: mark.colour }} title={facts}>
      <span className={styles.line}>
        <Swatch mark={mark} />
        <b>{label}</b>
        <span>
          step {count(step)}/{count(steps)}
        </span>
        <span className={styles.detail}>{count(examples)} examples</span>
        <span className={styles.detail}>{duration(seconds)}</span>
        {rate !== null && <span className={styles.detail}>{rate < 10 ? rate.toFixed(2) : rate.toFixed(0)} steps/s</span>}
        {left !== null && !done && <span>{duration(left)} left</span>}
      </span>
      <span className={styles.track}>
        <span style={{ width: `${(100 * step) / steps}%` }} />
      </span>
    </li>
  );
}
