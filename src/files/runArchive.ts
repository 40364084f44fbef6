/** The collection of runs as one ZIP: one file per run, and `karma-runs.json` with the user's notes on them. */
import { z } from 'zod';
import { slugOf } from '../charts/export/saveFile';
import { turn } from '../log/turn';
import { isArchiveOf, openOurs, zipOurs, type ManifestKind } from './ourArchive';
import { describeRun, runEntrySchema, runMarksSchema, type RunEntry, type SavedRun } from '../readings/runs/runEntry';

const manifestSchema = z.object({
  format: z.literal('karma-runs'),
  version: z.literal(1),
  runs: z.array(
    z.object({
      file: z.string(),
      ...runEntrySchema.pick({ status: true, failure: true, wallSeconds: true }).shape,
      ...runMarksSchema.shape,
    }),
  ),
});

type Manifest = z.infer<typeof manifestSchema>;

const RUNS: ManifestKind<Manifest> = { path: 'karma-runs.json', schema: manifestSchema };

/** `quick-action-against-karma-seed-0.run.json` */
export function runFileName({ spec }: Pick<RunEntry, 'spec'>): string {
  return `${slugOf(`${spec.name} seed ${spec.seed}`).replace(/^-|-$/g, '')}.run.json`;
}

export async function packRuns(runs: readonly SavedRun[]): Promise<Uint8Array<ArrayBuffer>> {
  const files: Record<string, string> = {};
  const described = runs.map(({ entry, record }) => {
    const file = `${entry.id}-${runFileName(entry)}`;
    files[file] = JSON.stringify(record);
    const { status, failure, wallSeconds } = entry;
    return { file, status, failure, wallSeconds, ...runMarksSchema.parse(entry) };
  });
  files[RUNS.path] = JSON.stringify({ format: 'karma-runs', version: 1, runs: described } satisfies Manifest);
  return zipOurs(files);
}

/** Whether a dropped ZIP is a collection of runs; anything else may be a log. */
export function isRunArchive(file: File): Promise<boolean> {
  return isArchiveOf(file, RUNS);
}

/** @throws ArchiveError naming the first file that cannot be read: then nothing was taken. */
export async function unpackRuns(name: string, archive: Blob): Promise<SavedRun[]> {
  const { manifest, recordAt } = await openOurs(name, archive, RUNS);
  const runs: SavedRun[] = [];
  for (const { file, status, failure, wallSeconds, ...marks } of manifest.runs) {
    // Runs may be megabytes each, and take a moment to check.
    await turn();
    const record = recordAt(file);
    runs.push({ entry: describeRun(record, { status, failure, wallSeconds }, marks), record });
  }
  return runs;
}
