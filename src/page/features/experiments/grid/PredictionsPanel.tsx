import { useMemo } from 'react';
import { message, t } from '../../../../words/words';
import { gridMatrix } from '../../../../experiment/grid/matrix';
import {
  predictionReport,
  type PredictionOutcome,
  type PredictionReport,
  type PredictionVerdict,
} from '../../../../experiment/grid/outcomes';
import type { GridPlan } from '../../../../experiment/grid/plan';
import { finishedCells } from '../../../../experiment/grid/results';
import { signedShown, shownValue, variantText } from '../../../../readings/grid/words';
import { divergedCells, knownRuns, resultsOf, type KeptGrid } from '../../../state/grid/gridState';
import { useFacts } from '../../../state/runs/useCurves';
import { useRuns } from '../../../state/runs/runsState';
import styles from './Grid.module.css';

interface PredictionsPanelProps {
  readonly kept: KeptGrid;
  readonly plan: GridPlan;
}

/** What was predicted of the grid, and what came of it. */
export function PredictionsPanel({ kept, plan }: PredictionsPanelProps) {
  const entries = useRuns((runs) => runs.entries);
  const summaries = resultsOf(entries);
  const own = useMemo(() => {
    const ids = new Set(plan.cells.flatMap(({ key }) => summaries.get(key)?.run ?? []));
    return entries.filter(({ id }) => ids.has(id));
  }, [plan, summaries, entries]);
  const facts = useFacts(own);
  const report = useMemo(() => {
    if (own.some(({ id }) => !facts.has(id))) return null;
    const runs = knownRuns(own).map((run) => ({ ...run, facts: facts.get(run.id)! }));
    const results = finishedCells(runs);
    const diverged = divergedCells(kept, plan);
    return predictionReport({ plan, runs, results, rows: gridMatrix(plan, results, [], null, diverged) }, diverged);
  }, [kept, plan, own, facts]);
  if (report === null) return null;
  return (
    <section aria-label={t('Predictions')}>
      <h3 className={styles.legend}>{t('Predictions')}</h3>
      <p className={styles.note}>{storedText(report)}</p>
      <div className={styles.scroll}>
        <table className={styles.matrix} aria-label={t('Predictions')}>
          <thead>
            <tr>
              <th scope="col">{t('Expected difference')}</th>
              <th scope="col">{t('Difference')}</th>
              <th scope="col">{t('Seeds')}</th>
              <th scope="col">{t('Can show')}</th>
              <th scope="col">{t('Outcome')}</th>
            </tr>
          </thead>
          <tbody>
            {report.outcomes.map((outcome, i) => (
              <tr key={i}>
                <th scope="row">{expectedText(outcome)}</th>
                <td>{differenceText(outcome)}</td>
                <td>{outcome.seeds}</td>
                <td>{outcome.shows === null ? '–' : `±${shownValue(outcome.measure, outcome.shows)}`}</td>
                <td data-outcome={outcome.verdict}>{t(VERDICTS[outcome.verdict])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.caption}>
        {t(
          'Mean difference with its 95 % interval, and its 90 % interval where equivalence is expected; seeds and, of ranks of the same targets, users are treated as drawn at random. Held and failed: p < .05 after Holm’s correction over all predictions. Can show: half of the 90 % interval, the smallest margin within which these runs could show equivalence.',
        )}
      </p>
    </section>
  );
}

const VERDICTS: Readonly<Record<PredictionVerdict, string>> = {
  held: message('held'),
  failed: message('failed'),
  undecided: message('undecided'),
  unfinished: message('cells are missing'),
  'not measured': message('not measured'),
};

function expectedText({ prediction: { against, expect, margin }, row, measure }: PredictionOutcome): string {
  const values = { row: variantText(row), against, measure: measure.name, margin: String(margin) };
  if (expect === 'equivalent') return t('{measure}: {row} − {against} within ±{margin}', values);
  if (expect === 'above') return t('{measure}: {row} − {against} above {margin}', values);
  return t('{measure}: {row} − {against} below {margin}', { ...values, margin: margin === 0 ? '0' : `−${margin}` });
}

function differenceText({ measure, difference, interval }: PredictionOutcome): string {
  if (difference === null) return '–';
  const of = (value: number): string => signedShown(measure, value);
  return interval === null ? of(difference) : `${of(difference)} [${of(interval[0])}, ${of(interval[1])}]`;
}

/** Whether the runs were made with these predictions. */
function storedText({ hash, cells: { same, other, none } }: PredictionReport): string {
  const finished = String(same + other + none);
  if (other > 0)
    return t('Predictions were changed after the run: {n} of {finished} finished cells store the hash of others.', {
      n: String(other),
      finished,
    });
  return none > 0
    ? t('{n} of {finished} finished cells store no hash of predictions: their runs were not made from this grid’s file.', {
        n: String(none),
        finished,
      })
    : t('SHA-256 {hash}, stored in the runs of all {finished} finished cells.', { hash, finished });
}
