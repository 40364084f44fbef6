/** Sink measures as means alone, for records that are shortened. Pure. */
import type { Evaluation } from '../../record/runRecord';
import { tableMean } from './sinks';

/** What is always measured on the probe histories. */
export const OF_PROBES: readonly string[] = ['contentCorrelation', 'pictureAlpha'];

/** Tables by layer and head, and rates by position; their means, `users`, lengths and threshold stay. @param told the means to keep; default: all */
export function withoutTables<Sinks extends Evaluation['sinks'] | NonNullable<Evaluation['userSinks']>>(
  sinks: Sinks,
  told?: readonly string[],
): Sinks {
  const tables = Object.entries(sinks).filter(([, value]) => Array.isArray(value));
  const means = tables.flatMap(([id, table]) =>
    id === 'sinkRate' || (table as unknown[]).length === 0 || told?.includes(id) === false
      ? []
      : [[id, tableMean(table as number[][])]],
  );
  return {
    ...sinks,
    ...Object.fromEntries(tables.map(([id]) => [id, []])),
    means: { ...sinks.means, ...(Object.fromEntries(means) as Record<string, number>) },
  };
}
