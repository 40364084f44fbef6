import { t } from '../../../../words/words';
import { logName } from '../../../../experiment/grid/cellKey';
import { planGrid } from '../../../../experiment/grid/plan';
import { isBusy } from '../../../../runtime/experimentState';
import { count, duration, listed, percent } from '../../../../readings/format';
import { RATE_K, rateFound, rateSearch } from '../../../../readings/grid/rateSearch';
import { withPrecision, type RunSpec } from '../../../../recipe/runSpec';
import { divergedCells, keepGrid, newGrid, resultsOf, useGrid } from '../../../state/grid/gridState';
import { queuedJobs, startQueue } from '../../../state/grid/queue';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { useOwnLog } from '../../../state/recipe/ownLog';
import { useExperiment } from '../../../state/run/experiment';
import { useRuns } from '../../../state/runs/runsState';
import { useSession } from '../../../state/session/SessionContext';
import type { LogSummary } from '../../../../record/runRecord';
import styles from './Recipe.module.css';

/**
 * For a log of the user's own, before its first full run: offers a short search over learning rates, and says
 * what it found.
 */
export function RateSearch() {
  const log = useOwnLog();
  const draft = useRecipe((recipe) => recipe.draft);
  const { spec } = check(draft);
  return log && spec && <Search log={log} spec={spec} />;
}

interface SearchProps {
  readonly log: LogSummary;
  readonly spec: RunSpec;
}

function Search({ log, spec }: SearchProps) {
  const session = useSession();
  const entries = useRuns((runs) => runs.entries);
  const grid = useGrid();
  const busy = useExperiment(({ phase }) => isBusy(phase));
  const ready = useExperiment(({ device }) => device.state === 'ready');
  const precision = useExperiment(({ memory }) => memory?.precision);
  const time = useExperiment((experiment) => experiment.time);
  const name = logName(log.id, log.hash);
  const { kept, plan, running } = grid;
  const searched = kept?.search === true && kept.log === name && plan !== null ? { kept, plan } : null;
  const results = resultsOf(entries);
  const own = new Set(searched?.plan.cells.map(({ key }) => results.get(key)?.run));
  const full = entries.some(({ id, data, status, spec: { training } }) => {
    return data.hash === log.hash && status === 'finished' && training.steps >= spec.training.steps && !own.has(id);
  });
  if (full) return null;
  if (searched && running) {
    const jobs = queuedJobs(grid, entries);
    const done = jobs.filter(({ state }) => state === 'finished' || state === 'failed').length;
    return (
      <p className={styles.note} role="status">
        {t('Searching for a learning rate: run {n} of {all}.', {
          n: count(Math.min(jobs.length, done + 1)),
          all: count(jobs.length),
        })}
      </p>
    );
  }
  const found = searched && rateFound(searched.plan, results, divergedCells(searched.kept, searched.plan));
  if (found)
    return (
      <p className={styles.note} role="status">
        {t('The search chose the rate {rate}. HR@{k} on validation targets: {tried}.', {
          rate: String(found.rate),
          k: RATE_K,
          tried: listed(
            found.tried.map(({ rate, hr }) =>
              hr === null
                ? t('none at {rate}, where the loss stopped being a number', { rate: String(rate) })
                : t('{hr} % at {rate}', { hr: percent(hr), rate: String(rate) }),
            ),
          ),
        })}
      </p>
    );
  const search = rateSearch(spec.model.precision === 'auto' && precision ? withPrecision(spec, precision) : spec);
  const perStep = time !== null && time !== 'coming' ? time.steps[spec.arms[0]!.id] : undefined;
  const runs = search.tune!.rates.length;
  return (
    <p className={styles.note}>
      {t(
        'Which learning rate suits this log is not known. A search trains {arm} for {steps} steps at each of {rates}{time, select, none {} other {: about {time} for the steps; preparation and evaluation are extra}}.',
        {
          arm: spec.arms[0]!.label,
          steps: count(search.base.training.steps),
          rates: listed(search.tune!.rates.map(String)),
          time: perStep === undefined ? 'none' : duration(runs * search.base.training.steps * perStep),
        },
      )}{' '}
      <button
        type="button"
        className="plain"
        disabled={busy || !ready || search.base.model.precision === 'auto'}
        onClick={() => {
          keepGrid({ ...newGrid(planGrid(search, name), name, log.name), search: true });
          startQueue(session);
        }}
      >
        {t('Search for a rate first')}
      </button>
    </p>
  );
}
