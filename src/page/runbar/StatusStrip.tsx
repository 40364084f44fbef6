import { message, t } from '../../words/words';
import { armMark } from '../../charts/marks/armMark';
import type { ArmRecord } from '../../record/runRecord';
import { timeLeft } from '../../experiment/timeLeft';
import { count, day, duration, fixed } from '../format';
import { Swatch } from '../controls/Swatch';
import { useOpening } from '../opening/openingState';
import { selectMeasured, useExperiment } from '../state/experiment';
import { takeRecipe } from '../state/recipe';
import { adapterName } from './DeviceBadge';
import { armProgress, stageAmount, stageTitle } from './progress';
import styles from './StatusStrip.module.css';

/** Second line of the run bar: the status, then one cell per arm. */
export function StatusStrip() {
  const arms = useExperiment((experiment) => experiment.record?.arms);
  const spec = useExperiment((experiment) => experiment.record?.spec);
  const ids = arms?.map((arm) => arm.id) ?? [];
  return (
    <div className={styles.strip}>
      <Status />
      {arms && spec && (
        <ul className={styles.arms} data-arms data-many={arms.length > 2 || undefined} aria-label={t('Progress of the arms')}>
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
  const source = useExperiment((experiment) => experiment.source);
  const stage = useExperiment((experiment) => experiment.stage);
  const recorded = useOpening((opening) => opening.recorded);
  if (phase === 'preparing') return <Preparing />;
  if (source === 'none' && recorded.state === 'loading') {
    const { done, total } = recorded;
    return (
      <p className={styles.status}>
        <span role="status">{t('Loading the recorded experiment')}</span>
        {done > 0 && (
          <span className={styles.note}>{stageAmount({ stage: 'download', note: '', done, total: total || done })}</span>
        )}
      </p>
    );
  }
  return (
    <p className={styles.status}>
      {(phase !== 'idle' || source === 'none') && <span role="status">{t(PHASES[phase])}</span>}
      {phase === 'running' && <TimeLeft />}
      {stage && (
        <span className={styles.note}>
          {stageTitle(stage)} {stageAmount(stage)}
        </span>
      )}
      {source !== 'live' && source !== 'none' && <Badge recorded={source === 'recorded'} status={phase === 'idle'} />}
    </p>
  );
}

/** Time left for the whole run, steps and evaluations together. */
function TimeLeft() {
  const left = useExperiment(({ record }) => {
    const seconds = record && timeLeft(record);
    return seconds === null ? null : duration(seconds);
  });
  return left === null ? null : <span className={styles.note}>{t('about {time} left', { time: left })}</span>;
}

/** Seconds; a time that is shorter is over before it is read. */
const SHORTEST = 10;

/** The status before the first step, with bytes or counts if known. */
function Preparing() {
  const stage = useExperiment((experiment) => experiment.stage);
  const source = useExperiment((experiment) => experiment.source);
  return (
    <p className={styles.status}>
      <span role="status">{stage ? stageTitle(stage) : t('Preparing')}</span>
      {stage && (
        <span className={styles.note}>
          {stage.note} {stageAmount(stage)}
        </span>
      )}
      {stage?.secondsLeft !== undefined && stage.secondsLeft >= SHORTEST && (
        <span className={styles.note}>{t('about {time} left for this', { time: duration(stage.secondsLeft) })}</span>
      )}
      {stage && stage.total > 0 && <progress value={stage.done} max={stage.total} aria-label={stageTitle(stage)} />}
      {source === 'recorded' && <span className={styles.badge}>{t('Recorded run shown')}</span>}
    </p>
  );
}

/** The origin of a record that was not made here. */
function Badge({ recorded, status }: { readonly recorded: boolean; readonly status: boolean }) {
  const record = useExperiment(selectMeasured);
  if (!record) return null;
  const facts = { adapter: adapterName(record.adapter), date: day(record.createdAt) };
  const origin = recorded ? t('Recorded run · {date} · {adapter}', facts) : t('Opened record · {date} · {adapter}', facts);
  return (
    <>
      <span role={status ? 'status' : undefined} className={styles.badge} title={origin}>
        {origin}
      </span>
      <button
        type="button"
        className="plain"
        onClick={() => {
          takeRecipe(record.spec);
        }}
      >
        {t('Use these settings')}
      </button>
    </>
  );
}

const PHASES = {
  idle: message('Nothing has run yet'),
  preparing: message('Preparing'),
  running: message('Running'),
  paused: message('Paused'),
  finished: message('Finished'),
  stopped: message('Stopped'),
  failed: message('Failed'),
} as const;

interface ArmCellProps {
  readonly arm: ArmRecord;
  readonly label: string;
  readonly steps: number;
  readonly ids: readonly string[];
}

function ArmCell({ arm, label, steps, ids }: ArmCellProps) {
  const { step, examples, seconds, rate } = armProgress(arm.steps);
  const mark = armMark(arm.id, ids);
  const facts = t('{arm}: step {step} of {steps}, {examples} examples, {time}', {
    arm: label,
    step: count(step),
    steps: count(steps),
    examples: count(examples),
    time: duration(seconds),
  });
  return (
    <li className={styles.arm} style={{ color: mark.colour }} title={facts}>
      <span className={styles.line}>
        <Swatch mark={mark} />
        <b translate="no">{label}</b>
        <span>{t('step {step}/{steps}', { step: count(step), steps: count(steps) })}</span>
        <span className={styles.detail}>{t('{examples} examples', { examples: count(examples) })}</span>
        <span className={styles.detail}>{duration(seconds)}</span>
        {rate !== null && <span className={styles.detail}>{t('{rate} steps/s', { rate: fixed(rate, rate < 10 ? 2 : 0) })}</span>}
      </span>
      <span className={styles.track}>
        <span data-legend="" style={{ width: `${(100 * step) / steps}%` }} />
      </span>
    </li>
  );
}
