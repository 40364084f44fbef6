/** How large a run's candidate pools are, in words. Pure. */
import { message, numberFormat, t } from '../words/words';
import type { RunRecord } from './runRecord';

/**
 * `500 candidates`, or `99 to 101 candidates` if given pools differ; `candidates` if a record without its
 * pools does not say.
 */
export function poolSizes({ pools, spec: { evaluation } }: Pick<RunRecord, 'pools' | 'spec'>): string {
  if (evaluation.poolFrom !== 'given') return candidates(evaluation.poolSize);
  if (pools === undefined) return t('candidates');
  const { size, largest = size } = pools;
  return size === largest
    ? candidates(size)
    : t('{least} to {most} candidates', { least: numberFormat().format(size), most: numberFormat().format(largest) });
}

function candidates(count: number): string {
  return t('{n} candidates', { n: numberFormat().format(count) });
}

/** What must stand beside the figures of such a run. */
export const ONLY_GIVEN = message(
  'Only targets with a candidate set from the log’s files are ranked. HR here is over the whole catalogue, candidate-pool HR among those candidates.',
);

/**
 * Whether only targets with a candidate set from the log's files are ranked, both in their pool and over the
 * catalogue.
 */
export function ranksGivenPools({ evaluation: { protocol, poolFrom } }: RunRecord['spec']): boolean {
  return protocol === 'pre-ranking' && poolFrom === 'given';
}

/** Which test targets are ranked, for tables that are read without the page. */
export function rankedTargets(onlyGiven: boolean): string {
  return onlyGiven ? 'those with a candidate set' : 'all';
}

/** What must stand beside rows of which some rank only targets with a candidate set; empty if none does. */
export function givenCaveat(rows: readonly { readonly label: string; readonly onlyGiven: boolean }[]): string {
  const given = rows.filter(({ onlyGiven }) => onlyGiven);
  if (given.length === 0) return '';
  if (given.length === rows.length) return ONLY_GIVEN;
  return `${given.map(({ label }) => label).join('; ')}: ${ONLY_GIVEN} They cannot be compared with the other rows.`;
}
