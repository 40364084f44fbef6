/** The collection of runs as one ZIP: a run file each, and `karma-runs.json` with what the person wrote about them. */
import { zip } from 'fflate';
import { z } from 'zod';
import { slugOf } from '../../charts/export/saveFile';
import { readAs, readRecord } from '../opening/readRecord';
import { ArchiveError, pathsIn, unzipFiles } from '../opening/unzipFiles';
import { describeRun, runEntrySchema, runMarksSchema, type RunEntry } from './runEntry';
import type { KeptRun } from './runsState';

const MANIFEST = 'karma-runs.json';

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

/** `quick-action-against-karma-seed-0.run.json` */
export function runFileName({ spec }: Pick<RunEntry, 'spec'>): string {
  return `${slugOf(`${spec.name} seed ${spec.seed}`).replace(/^-|-$/g, '')}.run.json`;
}

export async function packRuns(runs: readonly KeptRun[]): Promise<Uint8Array<ArrayBuffer>> {
  const files: Record<string, Uint8Array> = {};
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const described = runs.map(({ entry, record }) => {
    const file = `${entry.id}-${runFileName(entry)}`;
    files[file] = encode(record);
    const { status, failure, wallSeconds } = entry;
    return { file, status, failure, wallSeconds, ...runMarksSchema.parse(entry) };
  });
  files[MANIFEST] = encode({ format: 'karma-runs', version: 1, runs: described } satisfies z.infer<typeof manifestSchema>);
  return new Promise((resolve, reject) => {
    zip(files, { level: 6 }, (error, data) => {
      if (error) reject(error);
      else resolve(new Uint8Array(data));
    });
  });
}

/** Whether a dropped ZIP is a collection of runs; anything else may be a log. */
export async function isRunArchive(file: File): Promise<boolean> {
  return (await pathsIn(file)).includes(MANIFEST);
}

/** @throws ArchiveError naming the first file that cannot be read: then nothing was taken. */
export async function unpackRuns(name: string, bytes: Uint8Array): Promise<KeptRun[]> {
  const files = await unzipFiles(name, bytes);
  const text = (file: string): string => {
    const content = files[file];
    if (!content) throw new ArchiveError(`${name} lacks ${file}, which its list of runs names.`);
    return new TextDecoder().decode(content);
  };
  const manifest = readAs(manifestSchema, text(MANIFEST), 'not a list of runs');
  if ('reason' in manifest) throw new ArchiveError(`${name}: ${MANIFEST} cannot be read (${manifest.reason}).`);
  return manifest.value.runs.map(({ file, status, failure, wallSeconds, ...marks }) => {
    const read = readRecord(text(file));
    if (read.kind === 'unreadable') throw new ArchiveError(`${name}: ${file} cannot be read (${read.reason}).`);
    return { entry: describeRun(read.record, { status, failure, wallSeconds }, marks), record: read.record };
  });
}
