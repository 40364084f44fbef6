/**
 * An experiment as one ZIP: `karma-experiment.json` names what else is in it: the record, and the log where it came along. Recipe, metrics
 * as JSON lines, methods and adapters are for other programs and for readers.
 */
import { zip } from 'fflate';
import { z } from 'zod';
import packageJson from '../../../package.json';
import { metricsLines } from '../../experiment/metricsLines';
import { logRecipeSchema, type LogRecipe } from '../../spec/logRecipe';
import { writeRecipe } from '../../spec/recipeFile';
import type { RunRecord } from '../../spec/runRecord';
import type { ExperimentParts } from '../../worker/experimentParts';
import { readAs, readRecord } from '../opening/readRecord';
import { ArchiveError, pathsIn, unzipFiles } from '../opening/unzipFiles';
import { adapterFolder } from '../state/saveAdapter';
import { methodsFile } from './methodsParagraph';

const MANIFEST = 'karma-experiment.json';
const RECORD = 'run.json';

const manifestSchema = z.object({
  format: z.literal('karma-experiment'),
  version: z.literal(1),
  appVersion: z.string(),
  record: z.string(),
  /** Null where the log stayed behind. */
  log: z.object({ files: z.array(z.string()).min(1), recipe: logRecipeSchema }).nullable(),
});

export async function packExperiment(record: RunRecord, { adapters, log }: ExperimentParts): Promise<Uint8Array<ArrayBuffer>> {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const logFiles = await Promise.all(
    (log?.files ?? []).map(async (file) => [`log/${file.name}`, new Uint8Array(await file.arrayBuffer())] as const),
  );
  const manifest: z.infer<typeof manifestSchema> = {
    format: 'karma-experiment',
    version: 1,
    appVersion: packageJson.version,
    record: RECORD,
    log: log && { files: logFiles.map(([path]) => path), recipe: log.recipe },
  };
  const files: Record<string, Uint8Array> = {
    [MANIFEST]: encode(`${JSON.stringify(manifest, null, 2)}\n`),
    [RECORD]: encode(JSON.stringify(record)),
    'recipe.json': encode(writeRecipe(record.spec)),
    'metrics.jsonl': encode(metricsLines(record)),
    'methods.md': encode(methodsFile(record)),
    ...(record.data.recipe && { 'log-recipe.json': encode(`${JSON.stringify(record.data.recipe, null, 2)}\n`) }),
    ...Object.fromEntries(logFiles),
  };
  for (const { arm, files: own } of adapters)
    for (const { name, bytes } of own) files[`adapters/${adapterFolder(arm)}/${name}`] = bytes;
  return new Promise((resolve, reject) => {
    zip(files, { level: 6 }, (error, data) => {
      if (error) reject(error);
      else resolve(new Uint8Array(data));
    });
  });
}

export interface UnpackedExperiment {
  readonly record: RunRecord;
  readonly log: { readonly files: readonly File[]; readonly recipe: LogRecipe } | null;
}

export async function isExperimentArchive(file: File): Promise<boolean> {
  return (await pathsIn(file)).includes(MANIFEST);
}

/** @throws ArchiveError naming the first file that cannot be read: then nothing was taken. */
export async function unpackExperiment(name: string, bytes: Uint8Array): Promise<UnpackedExperiment> {
  const files = await unzipFiles(name, bytes, (path) => !path.startsWith('adapters/'));
  const contentOf = (path: string): Uint8Array<ArrayBuffer> => {
    const content = files[path];
    if (!content) throw new ArchiveError(`${name} lacks ${path}, which ${MANIFEST} names.`);
    return new Uint8Array(content);
  };
  const text = (path: string): string => new TextDecoder().decode(contentOf(path));
  const manifest = readAs(manifestSchema, text(MANIFEST), 'not an experiment');
  if ('reason' in manifest) throw new ArchiveError(`${name}: ${MANIFEST} cannot be read (${manifest.reason}).`);
  const { record: at, log } = manifest.value;
  const read = readRecord(text(at));
  if (read.kind === 'unreadable') throw new ArchiveError(`${name}: ${at} cannot be read (${read.reason}).`);
  if (log === null) return { record: read.record, log: null };
  const logFiles = log.files.map((path) => new File([contentOf(path)], path.replace(/^log\//, '')));
  return { record: read.record, log: { files: logFiles, recipe: log.recipe } };
}
