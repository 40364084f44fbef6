import { t } from '../../../../words/words';
import { calibrationRuns, costOf } from '../../../../experiment/grid/cost';
import { adapterKey } from '../../../../experiment/grid/results';
import { logName } from '../../../../experiment/grid/cellKey';
import { withPrecision, type RunSpec } from '../../../../recipe/runSpec';
import { duration } from '../../../../readings/format';
import { knownRuns, useGrid } from '../../../state/grid/gridState';
import { calibrate } from '../../../state/grid/queue';
import { useRuns } from '../../../state/runs/runsState';
import { useExperiment } from '../../../state/run/experiment';
import { isBusy, type Experiment } from '../../../../runtime/experimentState';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { useSession } from '../../../state/session/SessionContext';
import styles from './Recipe.module.css';

/**
 * How long the recipe will take on this device: from similar runs, or else from the device's speed, with a
 * button to measure.
 */
export function TimeLine() {
  const session = useSession();
  const draft = useRecipe((recipe) => recipe.draft);
  const precision = useExperiment((experiment) => experiment.memory?.precision);
  const time = useExperiment((experiment) => experiment.time);
  const entries = useRuns((runs) => runs.entries);
  const device = useExperiment((experiment) => experiment.device);
  const log = useExperiment((experiment) => experiment.log?.summary ?? null);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const measuring = useGrid((grid) => grid.current === 'calibration');
  const { spec } = check(draft);
  if (spec === null || device.state !== 'ready') return null;
  // Saved runs have the precision that they used.
  const chosen = spec.model.precision === 'auto' && precision ? withPrecision(spec, precision) : spec;
  const name = logName(chosen.data.id, log?.hash ?? '');
  const cost = costOf([chosen], knownRuns(entries), { adapter: adapterKey(device.adapter), log: name });
  const measures = calibrationRuns(cost, name);
  return (
    <p className={styles.note} aria-label={t('Time')}>
      {measures.length === 0 ? (
        cost.overhead === null ? (
          t('Time: about {time} on this device for the steps; preparation and evaluation are extra.', {
            time: duration(cost.training),
          })
        ) : (
          t('Time: about {time} on this device.', { time: duration(cost.training + cost.overhead) })
        )
      ) : (
        <>
          {foretold(time, spec)}{' '}
          <button
            type="button"
            className="plain"
            disabled={busy}
            onClick={() => {
              calibrate(session, measures);
            }}
          >
            {measuring ? t('Measuring…') : t('Measure 3 steps of each arm')}
          </button>
        </>
      )}
      {spec.evaluation.sasrecSteps > 0 &&
        time !== null &&
        time !== 'coming' &&
        ` ${t('Training the SASRec-size baseline before the arms takes at most {time}.', { time: duration(time.sasrec) })}`}
    </p>
  );
}

function foretold(time: Experiment['time'], { training }: RunSpec): string {
  if (time === 'coming') return t('Time: measuring how fast this device is…');
  if (time === null) return t('Time: not known, since no similar run has been timed on this device.');
  const { steps, evaluation } = time;
  const seconds = training.steps * Object.values(steps).reduce((sum, each) => sum + each, 0);
  return evaluation === null
    ? t('Time: about {time} for the steps, to judge by this device’s speed; preparation and evaluation are extra.', {
        time: duration(seconds),
      })
    : t('Time: about {time} for the steps and {more} for evaluation, to judge by this device’s speed; preparation is extra.', {
        time: duration(seconds),
        more: duration(evaluation),
      });
}
