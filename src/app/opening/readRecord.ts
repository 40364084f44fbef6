/** A run.json as text to a RunRecord, or why not. */
import { runRecordSchema, type RunRecord } from '../../spec/runRecord';

export type ReadRecord =
  { readonly kind: 'record'; readonly record: RunRecord } | { readonly kind: 'unreadable'; readonly reason: string };

export function readRecord(text: string): ReadRecord {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : 'not JSON' };
  }
  const parsed = runRecordSchema.safeParse(content);
  if (parsed.success) return { kind: 'record', record: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'unreadable', reason: issue ? `${issue.path.join('.') || 'file'}: ${issue.message}` : 'not a run record' };
}
