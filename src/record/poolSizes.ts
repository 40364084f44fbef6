/** How large a run's candidate pools are, in words. Pure. */
import type { RunRecord } from './runRecord';

/**
 * `500 candidates`, or `99 to 101 candidates` where given pools differ; `candidates` where a record without its pools does not say.
 */
export function poolSizes({ pools, spec: { evaluation } }: Pick<RunRecord, 'pools' | 'spec'>): string {
  if (evaluation.poolFrom !== 'given') return candidates(evaluation.poolSize);
  if (pools === undefined) return 'candidates';
  const { size, largest = size } = pools;
  return size === largest ? candidates(size) : `${size.toLocaleString('en')} to ${candidates(largest)}`;
}

function candidates(count: number): string {
  return `${count.toLocaleString('en')} candidates`;
}

/** Whether only targets with a candidate set from the log's files are ranked, in their pool and over the catalogue. */
export function ranksGivenPools({ evaluation: { protocol, poolFrom } }: RunRecord['spec']): boolean {
  return protocol === 'pre-ranking' && poolFrom === 'given';
}
