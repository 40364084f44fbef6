/**
 * The collection of runs as one ZIP: one file per run, and `karma-runs.json` with the user's notes on them.
 */
import { z } from 'zod';
import { turn } from '../log/turn';
import { isArchiveOf, openOursInTurn, zipOursInTurn, type ManifestKind } from './ourArchive';
import { ArchiveError } from './unzipFiles';
import { describeRun, keptFileName, runEntrySchema, runIdSchema, runMarksSchema, type SavedRun } from '../readings/runs/runEntry';
import { verbatim } from '../recipe/texts';

const manifestSchema = z.object({
  format: z.literal('karma-runs'),
  version: z.literal(1),
  runs: z.array(
    z.object({
      file: verbatim(),
      /** Absent in archives of earlier versions, whose runs have that of their record. */
      id: runIdSchema.optional(),
      ...runEntrySchema.pick({ status: true, failure: true, wallSeconds: true }).shape,
      ...runMarksSchema.shape,
    }),
  ),
});

type Manifest = z.infer<typeof manifestSchema>;

const RUNS: ManifestKind<Manifest> = { path: 'karma-runs.json', schema: manifestSchema };

/** One run is held at a time, however many there are. */
export function packRuns(runs: Iterable<SavedRun> | AsyncIterable<SavedRun>): Promise<Blob> {
  return zipOursInTurn(runFiles(runs));
}

async function* runFiles(runs: Iterable<SavedRun> | AsyncIterable<SavedRun>): AsyncGenerator<readonly [string, string], void> {
  const described: Manifest['runs'] = [];
  for await (const { entry, record } of runs) {
    // Runs may be megabytes each, and take a moment to write.
    await turn();
    const file = keptFileName(entry);
    const { id, status, failure, wallSeconds } = entry;
    described.push({ file, id, status, failure, wallSeconds, ...runMarksSchema.parse(entry) });
    yield [file, JSON.stringify(record)];
  }
  yield [RUNS.path, JSON.stringify({ format: 'karma-runs', version: 1, runs: described } satisfies Manifest)];
}

/** Whether a dropped ZIP is a collection of runs; anything else may be a log. */
export function isRunArchive(file: File): Promise<boolean> {
  return isArchiveOf(file, RUNS);
}

/** What became of an archive's runs: how many were taken, and why others could not be read. */
export interface Unpacked {
  readonly runs: number;
  readonly problems: readonly string[];
}

/**
 * One run is held at a time, and taken before the next is read.
 * @param take false stops reading
 * @throws ArchiveError if the archive cannot be read at all
 */
export async function unpackRuns(name: string, archive: Blob, take: (run: SavedRun) => Promise<boolean>): Promise<Unpacked> {
  const { manifest, recordAt } = await openOursInTurn(name, archive, RUNS);
  const problems: string[] = [];
  let runs = 0;
  for (const { file, id, status, failure, wallSeconds, ...marks } of manifest.runs) {
    await turn();
    try {
      const record = await recordAt(file);
      const described = describeRun(record, { status, failure, wallSeconds }, marks);
      if (!(await take({ entry: { ...described, id: id ?? described.id }, record }))) break;
      runs += 1;
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      problems.push(error.message);
    }
  }
  return { runs, problems };
}
