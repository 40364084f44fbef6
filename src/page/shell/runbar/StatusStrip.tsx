import { message, t } from '../../../words/words';
import { armMark } from '../../../scene/marks/armMark';
import type { StageProgress } from '../../../record/runEvents';
import type { ArmRecord, RunRecord } from '../../../record/runRecord';
import { timeLeft } from '../../../experiment/forecast/timeLeft';
import { count, day, duration, fixed } from '../../../readings/format';
import { Swatch } from '../../ui/controls/Swatch';
import { useOpening } from '../../state/opening/openingState';
import { selectMeasured, useExperiment } from '../../state/run/experiment';
import { takeRecipe } from '../../state/recipe/recipe';
import { stageAmount, stageTitle } from '../../../readings/runs/stages';
import { armProgress } from './progress';
import { Transport } from './Transport';
import styles from './StatusStrip.module.css';

/** What trains, in one row: the transport, the status, then one cell per arm. */
export function StatusStrip() {
  const live = useExperiment(({ source, beginning }) => source === 'live' && beginning === null);
  const arms = useExperiment((experiment) => experiment.record?.arms);
  const spec = useExperiment((experiment) => experiment.record?.spec);
  const ids = arms?.map((arm) => arm.id) ?? [];
  return (
    <div className={styles.strip}>
      <Transport />
      <Status />
      {live && arms && spec && (
        <ul className={styles.arms} data-arms aria-label={t('Progress of the arms')}>
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

/**
 * What the page does. The words are in one element that stays while they change: screen readers announce
 * changes of a status, not that there is a new one.
 */
function Status() {
  const phase = useExperiment((experiment) => experiment.phase);
  const source = useExperiment((experiment) => experiment.source);
  const stage = useExperiment((experiment) => experiment.stage);
  const record = useExperiment(selectMeasured);
  const recorded = useOpening((opening) => opening.recorded);
  const preparing = phase === 'preparing';
  const loading = !preparing && source === 'none' && recorded.state === 'loading' ? recorded : null;
  const origin = record !== null && source !== 'live' && source !== 'none' ? originOf(record, source === 'recorded') : null;
  const words = preparing
    ? stage
      ? stageTitle(stage)
      : t('Preparing')
    : loading
      ? t('Loading the recorded experiment')
      : phase === 'idle' && origin !== null
        ? origin
        : t(PHASES[phase]);
  const isOrigin = words === origin;
  return (
    <p className={styles.status}>
      <span role="status" className={isOrigin ? styles.badge : undefined} title={isOrigin ? origin : undefined}>
        {words}
      </span>
      {source === 'live' && !preparing && <StepReached />}
      {phase === 'running' && <TimeLeft />}
      {preparing && stage && <StageLeft stage={stage} />}
      {loading !== null && loading.done > 0 && (
        <span className={styles.note}>
          {stageAmount({ stage: 'download', note: '', done: loading.done, total: loading.total || loading.done })}
        </span>
      )}
      {!preparing && stage && (
        <span className={styles.note}>
          {stageTitle(stage)} {stageAmount(stage)}
        </span>
      )}
      {!preparing && record !== null && origin !== null && (
        <>
          {!isOrigin && (
            <span className={styles.badge} title={origin}>
              {origin}
            </span>
          )}
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
      )}
    </p>
  );
}

/** The step that all arms have taken, which says what Step did. */
function StepReached() {
  const paused = useExperiment(({ phase }) => phase === 'paused');
  const reached = useExperiment(({ record }) => record && Math.min(...record.arms.map((arm) => armProgress(arm.steps).step)));
  const steps = useExperiment(({ record }) => record?.spec.training.steps);
  return (
    <span className={styles.note} aria-live={paused ? 'polite' : 'off'}>
      {reached !== null && steps !== undefined && t('step {step}/{steps}', { step: count(reached), steps: count(steps) })}
    </span>
  );
}

/** Time left for the whole run, steps and evaluations together. */
function TimeLeft() {
  const left = useExperiment(({ record, stage }) => {
    const seconds = record && timeLeft(record, stage);
    // What is not estimated may still be under way.
    return seconds === null || seconds < 1 ? null : duration(seconds);
  });
  return left === null ? null : <span className={styles.note}>{t('about {time} left', { time: left })}</span>;
}

/** Seconds; a time that is shorter is over before it is read. */
const SHORTEST = 10;

/** How far a stage before the first step is, in bytes or counts, or how long it will take. */
function StageLeft({ stage }: { readonly stage: StageProgress }) {
  const { secondsLeft = 0 } = stage;
  return (
    <span className={styles.note}>
      {secondsLeft >= SHORTEST ? t('about {time} left for this', { time: duration(secondsLeft) }) : stageAmount(stage)}
    </span>
  );
}

/** The origin of a record that was not made here. */
function originOf({ createdAt }: RunRecord, recorded: boolean): string {
  const facts = { date: day(createdAt) };
  return recorded ? t('Recorded run · {date}', facts) : t('Opened record · {date}', facts);
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
  const facts = [
    t('{arm}: step {step} of {steps}, {examples} examples, {time}', {
      arm: label,
      step: count(step),
      steps: count(steps),
      examples: count(examples),
      time: duration(seconds),
    }),
    ...(rate === null ? [] : [t('{rate} steps/s', { rate: fixed(rate, rate < 10 ? 2 : 0) })]),
  ].join(' · ');
  return (
    <li className={styles.arm} style={{ color: mark.colour }} title={facts}>
      <span className={styles.line}>
        <Swatch mark={mark} />
        <b translate="no">{label}</b>
        <span className="visually-hidden">{t('step {step}/{steps}', { step: count(step), steps: count(steps) })}</span>
      </span>
      <span className={styles.track}>
        <span data-legend="" style={{ width: `${(100 * step) / steps}%` }} />
      </span>
    </li>
  );
}
