/** Saved runs of a made-up final evaluation, for tests of what compares them. */
import type { RunRecord } from '../record/runRecord';
import { ranking, evaluation, smallRecord } from './smallRecord';

export interface MadeRun {
  readonly seed: number;
  /** HR by arm. */
  readonly hr: Readonly<Record<string, number>>;
  readonly log?: string;
  readonly rate?: number;
}

/** The record of a finished run in which each arm ranks 20 users at the end. */
export function madeRun({ seed, hr, log = 'Store', rate = 1e-3 }: MadeRun): RunRecord {
  const record = smallRecord();
  const arm = record.arms[0]!;
  return {
    ...record,
    createdAt: `2026-01-01T00:00:00.${seed}${log.length}${rate}Z`,
    spec: {
      ...record.spec,
      seed,
      training: { ...record.spec.training, learningRate: rate },
      data: { ...record.spec.data, id: log },
    },
    data: { ...record.data, id: log, name: log, hash: log },
    arms: Object.entries(hr).map(([id, share]) => ({
      ...arm,
      id,
      evaluations: [evaluation(2, share, { population: 'all', ...ranking(20, share) })],
    })),
  };
}
