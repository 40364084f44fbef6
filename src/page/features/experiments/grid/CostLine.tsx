import { t } from '../../../../words/words';
import { calibrationRuns, estimateCost } from '../../../../experiment/grid/cost';
import type { Job } from '../../../../experiment/grid/plan';
import { adapterKey } from '../../../../experiment/grid/results';
import { count, duration } from '../../../../readings/format';
import { useRuns } from '../../../state/runs/runsState';
import { useExperiment } from '../../../state/run/experiment';
import { isBusy } from '../../../../runtime/experimentState';
import { useSession } from '../../../state/session/SessionContext';
import { knownRuns, resultsOf, useGrid } from '../../../state/grid/gridState';
import { calibrate } from '../../../state/grid/queue';
import styles from './Grid.module.css';

/**
 * What is left and how long it will take, from times measured on this adapter; without any, a button to
 * measure.
 */
export function CostLine({ jobs, log }: { readonly jobs: readonly Job[]; readonly log: string }) {
  const session = useSession();
  const entries = useRuns((runs) => runs.entries);
  const device = useExperiment((experiment) => experiment.device);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const calibrating = useGrid((grid) => grid.current === 'calibration');
  const adapter = device.state === 'ready' ? adapterKey(device.adapter) : '';
  const cost = estimateCost(jobs, resultsOf(entries), knownRuns(entries), { adapter, log });
  if (cost.runs === 0) return <p className={styles.note}>{t('Nothing is left to train.')}</p>;
  const measures = calibrationRuns(cost, log);
  return (
    <p className={styles.note} aria-label={t('What is left')}>
      {t('{n, plural, one {# run left: {arms} arms, {steps} steps.} other {# runs left: {arms} arms, {steps} steps.}}', {
        n: cost.runs,
        arms: count(cost.arms),
        steps: count(cost.steps),
      })}{' '}
      {measures.length === 0 ? (
        cost.overhead === null ? (
          t(
            'Training about {training}; preparation and evaluation are extra and known after the first run, by step times measured on this adapter.',
            { training: duration(cost.training) },
          )
        ) : (
          t('Training about {training}, preparation and evaluation about {overhead}, by step times measured on this adapter.', {
            training: duration(cost.training),
            overhead: duration(cost.overhead),
          })
        )
      ) : (
        <>
          {t(
            '{n, plural, one {Step times of one kind of arm are not known on this adapter.} other {Step times of # kinds of arms are not known on this adapter.}}',
            { n: measures.length },
          )}{' '}
          <button
            type="button"
            className="plain"
            disabled={busy || device.state !== 'ready'}
            onClick={() => {
              calibrate(session, measures);
            }}
          >
            {calibrating ? t('Measuring…') : t('Measure ({n} × 3 steps)', { n: measures.length })}
          </button>
        </>
      )}
    </p>
  );
}
