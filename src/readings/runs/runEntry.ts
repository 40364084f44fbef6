/**
 * What the table of runs knows about a run without reading its record: a summary of the record, and the
 * user's notes.
 */
import { z } from 'zod';
import { slugOf } from '../../charts/export/saveFile';
import { armSummarySchema, comparableSummaries, summariseArm } from '../../experiment/grid/armSummary';
import { adapterInfoSchema, type RunRecord } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import { sha256Hex } from '../../storage/sha256';
import { boundedText, cutLine, cutPassage, NOTES, PATH, singleLine } from '../../recipe/texts';

export const runStatusSchema = z.enum(['finished', 'stopped', 'failed', 'interrupted']);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** The user's notes on a run. */
export const runMarksSchema = z.object({
  notes: boundedText(NOTES).default(''),
  tags: z.array(singleLine()).default([]),
  /** Index into RUN_COLOURS. */
  colour: z.number().int().min(0).default(0),
  pinned: z.boolean().default(false),
  /** Whether it is left out of curves and comparisons. */
  hidden: z.boolean().default(false),
});
export type RunMarks = z.infer<typeof runMarksSchema>;

/** Of a run's ID; see `recordRunId`. */
export const runIdSchema = z
  .string()
  .max(16)
  .regex(/^[0-9a-f]{16}$/);

export const runEntrySchema = z.object({
  id: singleLine(),
  createdAt: singleLine(),
  appVersion: singleLine(),
  adapter: adapterInfoSchema,
  spec: runSpecSchema,
  data: z.object({ name: cutLine(PATH), hash: singleLine(PATH) }),
  model: z.object({ id: singleLine(PATH), hash: singleLine(PATH) }),
  status: runStatusSchema,
  /** Why it failed. */
  failure: cutPassage().nullable().default(null),
  /**
   * From pressing Run to the end, preparation and evaluation included, of a resumed run in all visits, as far
   * as they were saved; null if it was not measured.
   */
  wallSeconds: z.number().nullable().default(null),
  arms: z.array(armSummarySchema).transform(comparableSummaries),
  ...runMarksSchema.shape,
});
export type RunEntry = z.infer<typeof runEntrySchema>;

export interface SavedRun {
  readonly entry: RunEntry;
  readonly record: RunRecord;
}

/** The same for the same record, so that a file opened twice is one run. */
export function recordRunId({ createdAt, spec, adapter }: Pick<RunRecord, 'createdAt' | 'spec' | 'adapter'>): string {
  return sha256Hex(JSON.stringify([createdAt, spec, adapter.description, adapter.runtime])).slice(0, 16);
}

/** `quick-action-against-karma-seed-0.run.json` */
export function runFileName({ spec }: Pick<RunEntry, 'spec'>): string {
  return `${slugOf(`${spec.name} seed ${spec.seed}`).replace(/^-|-$/g, '')}.run.json`;
}

/** The name of a run's file where there are many; of one run it is always the same. */
export function keptFileName(entry: Pick<RunEntry, 'id' | 'spec'>): string {
  return runFileName(entry).replace('.run.json', `-${entry.id}.run.json`);
}

export interface RunOutcome {
  readonly status: RunStatus;
  readonly failure?: string | null;
  readonly wallSeconds?: number | null;
}

export function describeRun(record: RunRecord, outcome: RunOutcome, marks: Partial<RunMarks> = {}): RunEntry {
  const { createdAt, appVersion, adapter, spec, data, model, arms } = record;
  return {
    id: recordRunId(record),
    createdAt,
    appVersion,
    adapter,
    spec,
    data: { name: data.name, hash: data.hash },
    model: { id: model.id, hash: model.hash },
    status: outcome.status,
    failure: outcome.failure ?? null,
    wallSeconds: outcome.wallSeconds ?? null,
    arms: arms.map((arm) => summariseArm(arm, record)),
    ...runMarksSchema.parse(marks),
  };
}

/** How a record from a file ended; it does not say whether it was stopped. */
export function statusOfFile({ complete }: RunRecord): RunStatus {
  return complete ? 'finished' : 'stopped';
}
