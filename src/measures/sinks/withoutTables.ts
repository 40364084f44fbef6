/** Sink measures as means alone, for records that are shortened. Pure. */
import type { Sinks } from '../../record/runRecord';

/** Without tables by layer and head, and rates by position; means, `users`, lengths and threshold stay. */
export function withoutTables<Of extends Sinks & { readonly sinkRate?: readonly number[] }>(sinks: Of): Of {
  return { ...sinks, tables: {}, ...(sinks.sinkRate && { sinkRate: [] }) };
}
