/** The measurements as a table. */
import { INTERVAL } from '../../src/experiment/train/checkpoints';
import { median } from '../../src/statistics/statistics';
import type { CheckpointMeasurement } from './work';

export interface CheckpointReport {
  /** `Node 22.1, llvmpipe`. */
  readonly where: string;
  readonly cases: readonly CheckpointMeasurement[];
}

/** Share of training time that one checkpoint per interval takes; writing counts in full, though it runs in parallel with training. */
export function share({ heldUp, wrote }: CheckpointMeasurement): number {
  return (median(heldUp) + median(wrote)) / INTERVAL;
}

export function checkpointTable(reports: readonly CheckpointReport[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const ms = (values: readonly number[]): string => `${median(values).toFixed(1)} (${Math.max(...values).toFixed(1)})`;
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  return [
    row([
      'where',
      'run',
      'MB',
      'delays training, ms (most)',
      'hashed and written beside it, ms (most)',
      'share of a run: delay',
      'with writing',
    ]),
    row(Array.from({ length: 7 }, () => '---')),
    ...reports.flatMap(({ where, cases }) =>
      cases.map((one) =>
        row([
          ...[where, one.name, (one.bytes / 1e6).toFixed(1), ms(one.heldUp), ms(one.wrote)],
          percent(median(one.heldUp) / INTERVAL),
          percent(share(one)),
        ]),
      ),
    ),
  ].join('\n');
}
