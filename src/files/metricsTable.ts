import type { Table } from '../charts/export/table';
import type { RunRecord } from '../record/runRecord';

/**
 * Everything that a run measured as a number, one number per row, for data frames: losses and settings of
 * every step with `on` = `training`, measures of every evaluation with its population and, where they have
 * one, their 95 % interval. IDs are those of the run record.
 */
export function metricsTable(record: RunRecord): Table {
  const { name, seed } = record.spec;
  const rows = record.arms.flatMap(({ id, steps, evaluations }) => {
    const { step, ...columns } = steps;
    const trained = Object.entries(columns).flatMap(([column, values]) =>
      values.map((value, at) => [name, seed, id, step[at]!, 'training', column, value, null, null] as const),
    );
    const measured = evaluations.flatMap((evaluation) => {
      const { fidelity } = evaluation;
      const values = { ...evaluation.values, ...evaluation.sinks.means, ...evaluation.userSinks?.means, ...fidelity?.values };
      const intervals = { ...evaluation.intervals, ...fidelity?.intervals };
      return Object.entries(values).map(([measure, value]) => {
        const [low, high] = intervals[measure] ?? [null, null];
        return [name, seed, id, evaluation.step, evaluation.population, measure, value, low, high] as const;
      });
    });
    return [...trained, ...measured];
  });
  return {
    columns: ['run', 'seed', 'arm', 'step', 'on', 'measure', 'value', 'low', 'high'],
    rows: rows.filter(([, , , , , , value]) => value !== null),
  };
}
