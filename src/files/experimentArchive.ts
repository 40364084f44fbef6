/**
 * An experiment as one ZIP: `karma-experiment.json` names what else is in it: the record, and the log if
 * included. Recipe, metrics, methods and adapters are for other programs and for readers.
 */
import { z } from 'zod';
import { inEnglish } from '../words/words';
import { version as ownVersion } from '../../package.json';
import { toCsv } from '../charts/export/table';
import { metricsTable } from './metricsTable';
import { logRecipeSchema, type LogRecipe } from '../recipe/logRecipe';
import { SAMPLE_LOG } from '../log/sampleLog';
import { writeRecipe } from '../recipe/recipeFile';
import type { RunRecord } from '../record/runRecord';
import type { ExperimentParts } from '../experiment/train/experimentParts';
import { isArchiveOf, openOurs, zipOurs, type ManifestKind } from './ourArchive';
import { adapterFolder } from './adapterArchive';
import type { RunVerdict } from '../readings/verdict/verdict';
import { checklistMarkdown, missingSentence, type ChecklistItem } from '../readings/methods/checklist';
import { methodsFile } from '../readings/methods/methodsParagraph';
import { boundedText, NOTES, singleLine, verbatim } from '../recipe/texts';

const RECORD = 'run.json';

const manifestSchema = z.object({
  format: z.literal('karma-experiment'),
  version: z.literal(1),
  appVersion: singleLine(),
  record: verbatim(),
  /** Null if the log is not included. */
  log: z.object({ files: z.array(verbatim()).min(1), recipe: logRecipeSchema }).nullable(),
  /** The user's notes on the run, Markdown. */
  notes: boundedText(NOTES).default(''),
});

type Manifest = z.infer<typeof manifestSchema>;

const EXPERIMENT: ManifestKind<Manifest> = {
  path: 'karma-experiment.json',
  schema: manifestSchema,
};

/**
 * @param verdict what the page says was found
 * @param items of the run's checklist
 * @param notes the user's, Markdown
 */
export async function packExperiment(
  record: RunRecord,
  verdict: RunVerdict | null,
  items: readonly ChecklistItem[],
  { adapters, log }: ExperimentParts,
  notes = '',
): Promise<Uint8Array<ArrayBuffer>> {
  const logFiles = await Promise.all(
    (log?.files ?? []).map(async (file) => [`log/${file.name}`, new Uint8Array(await file.arrayBuffer())] as const),
  );
  const manifest: Manifest = {
    format: 'karma-experiment',
    version: 1,
    appVersion: ownVersion,
    record: RECORD,
    log: log && { files: logFiles.map(([path]) => path), recipe: log.recipe },
    notes,
  };
  const files: Record<string, string | Uint8Array> = {
    [EXPERIMENT.path]: `${JSON.stringify(manifest, null, 2)}\n`,
    [RECORD]: JSON.stringify(record),
    'recipe.json': writeRecipe(record.spec, record.data.id === SAMPLE_LOG.id ? null : record.data),
    'metrics.csv': toCsv(metricsTable(record)),
    'methods.md': inEnglish(() => methodsFile(record, verdict, missingSentence(items))),
    'checklist.md': inEnglish(() => checklistMarkdown(record, items)),
    ...(notes !== '' && { 'notes.md': `# Notes on ${record.spec.name}\n\n${notes}\n` }),
    ...(record.data.recipe && {
      'log-recipe.json': `${JSON.stringify(record.data.recipe, null, 2)}\n`,
    }),
    ...Object.fromEntries(logFiles),
  };
  for (const { arm, files: own } of adapters)
    for (const { name, bytes } of own) files[`adapters/${adapterFolder(arm)}/${name}`] = bytes;
  return zipOurs(files);
}

export interface UnpackedExperiment {
  readonly record: RunRecord;
  readonly log: {
    readonly files: readonly File[];
    readonly recipe: LogRecipe;
  } | null;
  readonly notes: string;
}

export function isExperimentArchive(file: File): Promise<boolean> {
  return isArchiveOf(file, EXPERIMENT);
}

/** @throws ArchiveError naming the first file that cannot be read; nothing is then opened. */
export async function unpackExperiment(name: string, archive: Blob): Promise<UnpackedExperiment> {
  const { manifest, contentOf, recordAt } = await openOurs(name, archive, EXPERIMENT, (path) => !path.startsWith('adapters/'));
  const record = recordAt(manifest.record);
  const { log, notes } = manifest;
  if (log === null) return { record, log: null, notes };
  const files = log.files.map((path) => new File([contentOf(path)], path.replace(/^log\//, '')));
  return { record, log: { files, recipe: log.recipe }, notes };
}
