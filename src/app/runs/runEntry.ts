/** What the table of runs knows of a run without reading its record: made from the record, and what the person wrote about it. */
import { z } from 'zod';
import { metricsAt, metricValues } from '../../evaluation/metricCatalogue';
import { adapterInfoSchema, type ArmRecord, type RunRecord } from '../../spec/runRecord';
import { runSpecSchema } from '../../spec/runSpec';
import { sha256Hex } from '../../storage/sha256';

export const runStatusSchema = z.enum(['finished', 'stopped', 'failed', 'interrupted']);
export type RunStatus = z.infer<typeof runStatusSchema>;

const armEntrySchema = z.object({
  id: z.string(),
  steps: z.number().int(),
  /** Training alone. */
  seconds: z.number(),
  /** By metric, the best value among the evaluations while training, and its step; metrics without a better end are left out. */
  best: z.record(z.string(), z.object({ value: z.number(), step: z.number().int() })),
  /** The last evaluation: on all users where the run is complete. */
  last: z
    .object({
      step: z.number().int(),
      population: z.enum(['sample', 'all']),
      users: z.number().int(),
      values: z.record(z.string(), z.number()),
    })
    .nullable(),
});
export type ArmEntry = z.infer<typeof armEntrySchema>;

/** What a person says about a run. */
export const runMarksSchema = z.object({
  notes: z.string().default(''),
  tags: z.array(z.string()).default([]),
  /** Index into RUN_COLOURS. */
  colour: z.number().int().min(0).default(0),
  pinned: z.boolean().default(false),
  /** Left out of curves and comparisons. */
  hidden: z.boolean().default(false),
});
export type RunMarks = z.infer<typeof runMarksSchema>;

export const runEntrySchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  appVersion: z.string(),
  adapter: adapterInfoSchema,
  spec: runSpecSchema,
  data: z.object({ name: z.string(), hash: z.string() }),
  model: z.object({ id: z.string(), hash: z.string() }),
  status: runStatusSchema,
  /** Why it failed. */
  failure: z.string().nullable().default(null),
  /** From pressing Run to the end, preparation and evaluation included; null where nobody measured it. */
  wallSeconds: z.number().nullable().default(null),
  arms: z.array(armEntrySchema),
  ...runMarksSchema.shape,
});
export type RunEntry = z.infer<typeof runEntrySchema>;

/** The same for the same record, so that a file that is opened twice is one run. */
export function runId({ createdAt, spec, adapter }: Pick<RunRecord, 'createdAt' | 'spec' | 'adapter'>): string {
  return sha256Hex(JSON.stringify([createdAt, spec, adapter.description, adapter.runtime])).slice(0, 16);
}

export interface RunOutcome {
  readonly status: RunStatus;
  readonly failure?: string | null;
  readonly wallSeconds?: number | null;
}

export function describeRun(record: RunRecord, outcome: RunOutcome, marks: Partial<RunMarks> = {}): RunEntry {
  const { createdAt, appVersion, adapter, spec, data, model, arms } = record;
  return {
    id: runId(record),
    createdAt,
    appVersion,
    adapter,
    spec,
    data: { name: data.name, hash: data.hash },
    model: { id: model.id, hash: model.hash },
    status: outcome.status,
    failure: outcome.failure ?? null,
    wallSeconds: outcome.wallSeconds ?? null,
    arms: arms.map(describeArm),
    ...runMarksSchema.parse(marks),
  };
}

function describeArm({ id, steps, evaluations }: ArmRecord): ArmEntry {
  const last = evaluations.at(-1);
  return {
    id,
    steps: steps.step.at(-1) ?? 0,
    seconds: steps.seconds.at(-1) ?? 0,
    best: bestOf(evaluations),
    last: last ? { step: last.step, population: last.population, users: last.ranking.all.n, values: metricValues(last) } : null,
  };
}

/** Among evaluations of one population: while training, or the final ones where there are no others. */
function bestOf(evaluations: ArmRecord['evaluations']): ArmEntry['best'] {
  const sampled = evaluations.filter(({ population, step }) => population === 'sample' && step > 0);
  const best: ArmEntry['best'] = {};
  for (const evaluation of sampled.length > 0 ? sampled : evaluations) {
    const ks = Object.keys(evaluation.ranking.all.hr).map(Number);
    for (const { id, better, of } of metricsAt(ks)) {
      const value = of(evaluation);
      if (value === null || better === null) continue;
      const before = best[id];
      if (!before || (better === 'higher' ? value > before.value : value < before.value))
        best[id] = { value, step: evaluation.step };
    }
  }
  return best;
}

/** How a record from a file ended: it does not say whether somebody stopped it. */
export function statusOfFile({ complete }: RunRecord): RunStatus {
  return complete ? 'finished' : 'stopped';
}
