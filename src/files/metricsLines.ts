import type { RunRecord } from '../record/runRecord';

/**
 * A run's metrics as JSON lines, for notebooks: one line per training step (`kind: "step"`), one per evaluation (`kind: "evaluation"`).
 * Fields are those of the run record; per-user ranks, readings and attention maps are only in the record.
 */
export function metricsLines(record: RunRecord): string {
  const lines: string[] = [];
  const add = (line: Readonly<Record<string, unknown>>): void => {
    lines.push(JSON.stringify(line));
  };
  const { name, seed } = record.spec;
  for (const { id, steps, evaluations } of record.arms) {
    const common = { run: name, seed, arm: id };
    steps.step.forEach((_, index) => {
      const columns = Object.entries(steps).map(([column, values]) => [column, values[index] ?? null] as const);
      add({ ...common, kind: 'step', ...Object.fromEntries(columns) });
    });
    for (const {
      step,
      seconds,
      population,
      targets,
      values,
      intervals,
      requests,
      pool,
      sinks,
      userSinks,
      fidelity,
    } of evaluations) {
      const measured = {
        targets,
        values,
        intervals,
        requests,
        pool: pool && { size: pool.size },
        sinks,
        userSinks,
        fidelity: fidelity && { ...fidelity, decoded: undefined },
      };
      add({ ...common, kind: 'evaluation', step, seconds, population, ...measured });
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}
