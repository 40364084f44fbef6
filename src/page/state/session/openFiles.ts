/**
 * Opens dropped or chosen files: with an adapter_config.json they are an adapter, with a config.json or
 * weights a model; JSON that names its format is a run record or a recipe, a .zip may be an experiment or a
 * collection of runs; anything else is a log.
 */
import { isRunArchive, unpackRuns } from '../../../files/runArchive';
import { describeRun, statusOfFile } from '../../../readings/runs/runEntry';
import { adoptRun, restoreRun, useRuns } from '../runs/runsState';
import { ggufTitle, isGguf } from '../../../model/gguf/ggufName';
import { isModel } from '../../../model/source/isModel';
import { isBusy } from '../../../runtime/experimentState';
import { showRecord, useExperiment } from '../run/experiment';
import { check, setField, takeRecipe, useRecipe } from '../recipe/recipe';
import type { Session } from './session';
import { setView, showFigure } from '../view/view';
import type { RunRecord } from '../../../record/runRecord';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { siteLogOf } from '../../../log/siteLogs';
import { turn } from '../../../log/turn';
import { isExperimentArchive, unpackExperiment } from '../../../files/experimentArchive';
import { adapterIn } from '../../../files/adapterFiles';
import { setOpening } from '../opening/openingState';
import { ArchiveError } from '../../../files/unzipFiles';
import type { WantedLog } from '../../../files/logNotice';
import { jsonText, namesFormat } from '../../../files/jsonText';
import { readOwnJson, type ReadJson } from '../../../files/readRecord';
import { t } from '../../../words/words';

export async function openFiles(files: readonly File[], session: Session): Promise<void> {
  const [first] = files;
  if (!first) return;
  setOpening({ problem: null, recipeFile: null });
  if (await openAdapter(files, session)) return;
  if (isModel(files)) {
    openModel(files, session);
    return;
  }
  const experiment = await isExperimentArchive(first);
  const archive = !experiment && (await isRunArchive(first));
  if (!experiment && !archive && !(await namesFormat(first))) {
    session.intake.open(withFolders(files));
    return;
  }
  if (isBusy(useExperiment.getState().phase)) {
    setOpening({ problem: t('Stop the experiment before opening {name}.', { name: first.name }) });
    return;
  }
  if (experiment) await openExperiment(first, session);
  else if (archive) await openArchive(first);
  else await openJsons(files, session);
}

/**
 * Renames files of a folder to their paths in it, since workers see only names. Hidden files are not part of
 * a log.
 */
function withFolders(files: readonly File[]): File[] {
  const named = files
    .filter(({ name }) => !name.startsWith('.'))
    .map((file) => {
      const path = file.webkitRelativePath;
      return path === '' ? file : new File([file], path, { type: file.type, lastModified: file.lastModified });
    });
  return named.length === 0 ? [...files] : named;
}

/** @returns whether the files are an adapter, opened or refused */
async function openAdapter(files: readonly File[], session: Session): Promise<boolean> {
  const adapter = await unlessRefused(adapterIn(files));
  if (adapter === undefined) return true;
  if (adapter === null) return false;
  const { spec } = check(useRecipe.getState().draft);
  if (spec === null) setOpening({ problem: t('Correct the invalid fields of the recipe, then open the adapter again.') });
  else session.models.openAdapter(adapter.folder, adapter.files, spec);
  return true;
}

function openModel(files: readonly File[], session: Session): void {
  if (isBusy(useExperiment.getState().phase)) {
    setOpening({ problem: t('Stop the experiment before opening a model.') });
    return;
  }
  // Chosen folders have names; dropped ones get theirs from `droppedFiles`.
  const [folder = ''] = files
    .map(({ webkitRelativePath }) => webkitRelativePath.split('/').slice(0, -1)[0] ?? '')
    .filter(Boolean);
  const packed = files.find(({ name }) => isGguf(name));
  session.models.open(files, packed ? ggufTitle(packed.name) : folder === '' ? 'model' : folder);
}

async function openJsons(files: readonly File[], session: Session): Promise<void> {
  let shown = false;
  for (const file of files) {
    const read = await readJsonFile(file);
    if (read.kind === 'unreadable') {
      setOpening({
        problem: t('{name} is not a run record or recipe that this page can read. {reason} The page is unchanged.', {
          name: file.name,
          reason: read.reason,
        }),
      });
      return;
    }
    if (read.kind === 'recipe') {
      takeRecipe(read.spec);
      setOpening({ wantedLog: read.log, recipeFile: file.name });
      openNamed(read.log, session);
      continue;
    }
    const { record } = read;
    await keepRecord(record);
    // A run may have been started while this was read; it stays on the page.
    if (shown || isBusy(useExperiment.getState().phase)) continue;
    shown = true;
    showRecord(record, 'file');
    showFigure();
  }
}

/** Saves the run of a file. A record may be megabytes, so each part of the work is a separate task. */
async function keepRecord(record: RunRecord, notes = ''): Promise<void> {
  // Tables and comparisons of runs would take what a link left out for something that was not measured.
  if (record.shortened !== undefined) return;
  await turn();
  adoptRun(describeRun(record, { status: statusOfFile(record) }, { notes }), record);
  await turn();
}

async function readJsonFile(file: File): Promise<ReadJson> {
  try {
    return readOwnJson(await jsonText(file));
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : 'damaged' };
  }
}

/** Restores a run with its recipe, and with its log if that is included. */
async function openExperiment(file: File, session: Session): Promise<void> {
  const unpacked = await unlessRefused(unpackExperiment(file.name, file), t('Nothing was loaded.'));
  if (unpacked === undefined) return;
  const { record, log, notes } = unpacked;
  await keepRecord(record, notes);
  if (isBusy(useExperiment.getState().phase)) return;
  showRecord(record, 'file');
  takeRecipe(record.spec);
  if (record.data.id === SAMPLE_LOG.id) setField('data.id', SAMPLE_LOG.id);
  showFigure();
  if (log !== null) session.intake.restore(log.files, log.recipe);
  else openNamed(record.data, session);
}

/** Opens the log of a recipe if the site has it. */
function openNamed(log: WantedLog | null, session: Session): void {
  const named = siteLogOf(log);
  if (named !== null) session.intake.openSite(named);
}

/** Adds the runs that are not there yet, one after the other, and says what became of them. */
async function openArchive(file: File): Promise<void> {
  let [restored, there, unwritten] = [0, 0, false];
  useRuns.setState({ restored: null });
  const unpacked = await unlessRefused(
    unpackRuns(file.name, file, async ({ entry, record }) => {
      const became = await restoreRun(entry, record);
      if (became === 'restored') restored += 1;
      if (became === 'there') there += 1;
      unwritten = became === 'unwritten';
      return !unwritten;
    }),
    t('No run was loaded.'),
  );
  if (unpacked === undefined) return;
  const [first] = unpacked.problems;
  const problems = [
    ...(first === undefined
      ? []
      : [
          t('{reason} {n, plural, one {One run was left out.} other {# runs were left out.}}', {
            reason: first,
            n: unpacked.problems.length,
          }),
        ]),
    ...(unwritten ? [t('{name} was not restored to its end: the browser could not save more runs.', { name: file.name })] : []),
  ];
  if (problems.length > 0) setOpening({ problem: problems.join(' ') });
  useRuns.setState({
    restored: t(
      '{n, plural, one {One run restored} other {# runs restored}}, {there, plural, =0 {none was there already.} one {one was there already.} other {# were there already.}}',
      {
        n: restored,
        there,
      },
    ),
  });
  setView({ centre: 'runs' });
}

/** What was read; undefined if an archive is refused, in which case the page says why, with `consequence`. */
async function unlessRefused<T>(reading: Promise<T>, consequence = ''): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    setOpening({ problem: `${error.message} ${consequence}`.trim() });
    return undefined;
  }
}
