/**
 * What the command does once its options are read: an experiment, a grid of them, a log that is inspected, or
 * an export.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { AuditFinding } from '../log/audit';
import { titleTrials } from '../log/audit/titleTrials';
import type { ReadLog } from '../log/readLog';
import { SAMPLE_LOG } from '../log/sampleLog';
import { categoryFacts } from '../log/summary';
import { prepareTiles } from '../engine/gemm/gemmTuning';
import type { TrainedArm } from '../engine/trainedArm';
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { certifyModel } from '../experiment/prepare/checkModel';
import { featureWidth } from '../experiment/prepare/featureTables';
import { knownTitles, titleNlls } from '../experiment/inspect/knownTitles';
import { startingFrom, type StartAdapter } from '../experiment/train/startAdapter';
import { runThroughLosses } from '../experiment/throughLosses';
import { GpuUnavailableError, type Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import type { LoadedModel } from '../model/loadedModel';
import { configureOrt, type OrtSettings } from '../model/ortSession';
import type { ModelSource } from '../model/source/modelSource';
import { listFiles, type RankedLists } from '../measures/ranking/listFiles';
import type { Certification, RunRecord } from '../record/runRecord';
import { FIELDS_OF_LOG, recipeForLog } from '../recipe/recipeForLog';
import type { RunSpec } from '../recipe/runSpec';
import { readField, sameValue, writeField } from '../recipe/specPath';
import { TrainingRefusedError } from '../runtime/failures';
import type { WorkerEvent } from '../runtime/protocol';
import { runInChromium } from './browserRun';
import { diskFeatures, diskTuning, openAdapter, filesFromDisk, openModel, openSampleLog, readFileBytes } from './diskSource';
import { droppedLines, ignoredLines, inspectionOf, inspectionText, openLog, redLines } from './openLog';
import type { CliOptions } from './options';
import { UsageError } from './usageError';
import { exportJob } from './exportJob';
import { exportLog } from './exportLog';
import { exportAdapters, exportArms, exportModel, writeFiles } from './exportModels';
import { withSiteLog } from './siteLog';
import { runGrid, type GridBench } from './gridRun';
import { DiskCheckpoints } from './keptRun';
import { profileReport } from './profileReport';
import { finalTable } from './finalTable';
import { ProgressLines } from './progressLines';
import { checkpointLine } from './report';
import { writeWhole } from './writeWhole';

/** Does what the options say. @param root the repository's folder */
export async function run(given: CliOptions, root: string): Promise<void> {
  const located = await withSiteLog(given, root);
  if (located.inspect !== null) return inspectLog(root, located);
  const options = await suited(root, located);
  if (options.exportLog !== null) {
    const names = await exportLog(options.exportLog, await logOf(root, options));
    console.info(`written to ${options.exportLog.folder}: ${names.join(', ')}`);
    return;
  }
  if (options.exportBase !== null) {
    const { id } = options.spec.model;
    await exportModel(options.exportBase, { ...(await openModel(modelFolder(root, options, id), id)), ...BASE }, 'ONNX');
    return;
  }
  if (options.exportJob !== null) {
    const data = await logOf(root, options);
    const { id } = options.spec.model;
    const model = modelFolder(root, options, id);
    const begun =
      options.startFrom === null
        ? { spec: options.spec, start: null }
        : await begin(options, options.spec, (await openModel(model, id)).model, data);
    const store = featuresOf(root, cacheOf(root));
    await exportJob(options.exportJob, { ...options, ...begun, data, model, named: options.model !== null, store });
    console.info(`written to ${options.exportJob}; its README.md has the commands`);
    return;
  }
  const lines = new ProgressLines(options.spec.training.steps, (line) => {
    console.info(line);
  });
  const ticking = setInterval(() => {
    lines.tick();
  }, 1000);
  try {
    await runAll(root, options, (event) => {
      lines.take(event);
    });
  } finally {
    clearInterval(ticking);
  }
}

/** One run, or a grid of them. */
async function runAll(root: string, options: CliOptions, onEvent: OnEvent): Promise<void> {
  const kept = new DiskCheckpoints(options);
  if (options.grid !== null) {
    const { grid, out, baseline } = options;
    console.info(`\n${await withBench(root, { ...options, kept }, onEvent, (bench) => runGrid(grid, out, baseline, bench))}`);
    await kept.clear();
    return;
  }
  const record = await withBench(root, { ...options, kept }, onEvent, (bench) => bench.run(options.spec));
  await writeWhole(options.out, JSON.stringify(record));
  // Only after the record is written: a kill in between would lose both.
  await kept.clear();
  console.info(`\n${finalTable(record)}`);
  if (options.profile) console.info(`\n${profileReport(record)}`);
  console.info(`\nwritten to ${options.out}`);
}

type OnEvent = (event: WorkerEvent) => void;

const BASE = { adapter: null, title: 'Base model' };

/** Where experiments run: this process, or headless Chromium if it finds no adapter. The log is read once. */
async function withBench<T>(
  root: string,
  options: CliOptions & { readonly kept: DiskCheckpoints },
  onEvent: OnEvent,
  work: (bench: GridBench) => Promise<T>,
): Promise<T> {
  let gpu: Gpu;
  try {
    gpu = await openNodeGpu();
  } catch (error) {
    if (!(error instanceof GpuUnavailableError)) throw error;
    const option = nodeOnly(options);
    if (option !== null) throw new UsageError(`${option} needs an adapter in Node; on Debian, install mesa-vulkan-drivers.`);
    console.info('Node found no adapter: running in headless Chromium.');
    const { log } = options.grid === null ? { log: { hash: '' } } : await logOf(root, options);
    const run = (spec: RunSpec): Promise<RunRecord> => runInChromium(root, { ...options, spec }, onEvent);
    return work({ run, logHash: log.hash, logId: options.spec.data.id, model: null });
  }
  try {
    const cache = cacheOf(root);
    await prepareTiles(gpu, diskTuning(cache));
    const { description, device, fallback } = gpu.adapter;
    console.info(`adapter: ${description || device}${fallback ? ' (software)' : ''}`);
    configureOrt(await packagedOrt(root));
    const data = await logOf(root, options);
    const certified = certifier(gpu, root, options);
    const { kept } = options;
    let lost = false;
    const run = async (spec: RunSpec): Promise<RunRecord> => {
      const loaded = await certified(spec);
      const begun = await begin(options, spec, loaded.model, data);
      const inputs = {
        data,
        ...loaded,
        ...begun,
        store: featuresOf(root, cache),
        profiled: () => options.profile,
      };
      let trained: readonly TrainedArm[] = [];
      const onTrained = (arms: readonly TrainedArm[]): void => {
        trained = arms;
      };
      const lists = new Map<string, RankedLists>();
      const onListed = (ranked: RankedLists): void => {
        lists.set(ranked.arm, ranked);
      };
      const checkpoints = kept.checkpoints();
      const record = await runThroughLosses({
        open: async () => {
          if (lost) gpu = await openNodeGpu();
          void gpu.device.lost.then(() => {
            lost = true;
          });
          lost = false;
          return gpu;
        },
        prepare: () => Promise.resolve({ ...inputs, onTrained, onListed }),
        checkpoints,
        resume: await kept.resume(inputs.spec),
        emit: onEvent,
        gate: () => Promise.resolve('go'),
        onLost: (step) => {
          console.info(`The GPU was lost; continuing from ${step === null ? 'the start' : `step ${step}`} on another device.`);
        },
      });
      await checkpoints.settled();
      console.info(checkpointLine(checkpoints));
      const { model, source } = inputs;
      if (options.exportOnnx !== null) {
        await exportModel(path.join(options.exportOnnx, 'base'), { model, source, ...BASE }, 'ONNX');
        await exportArms(options.exportOnnx, { model, source }, trained, 'ONNX');
      }
      if (options.exportMerged !== null) await exportArms(options.exportMerged, { model, source }, trained, 'safetensors');
      if (options.exportGguf !== null) {
        const { type, folder } = options.exportGguf;
        await exportModel(path.join(folder, 'base'), { model, source, ...BASE }, type);
        await exportArms(folder, { model, source }, trained, type);
      }
      if (options.adapters !== null) await exportAdapters(options.adapters, model, inputs.spec, trained);
      if (options.lists !== null) {
        await writeFiles(options.lists, listFiles(data.log, [...lists.values()]));
        console.info(`lists of ${[...lists.keys()].join(', ')} in ${options.lists}`);
      }
      return record;
    };
    const named = options.grid === null || options.model === null ? null : (await certified(options.spec)).model;
    return await work({ run, logHash: data.log.hash, logId: options.spec.data.id, model: named });
  } finally {
    gpu.device.destroy();
  }
}

/** The recipe, and the adapter that its arms start from. @throws ModelError when it does not fit */
async function begin(
  { startFrom }: CliOptions,
  spec: RunSpec,
  { config }: LoadedModel,
  { log }: ReadLog,
): Promise<{ readonly spec: RunSpec; readonly start: StartAdapter | null }> {
  if (startFrom === null) return { spec, start: null };
  const start = await openAdapter(startFrom);
  const catalogue = { items: log.items.length, features: featureWidth(spec, config, log) };
  return { spec: startingFrom(start, spec, config, catalogue), start };
}

/** The recipe on the log that the command line names, but for fields that it names, too. */
async function suited(root: string, options: CliOptions): Promise<CliOptions> {
  const { spec, named, log: files, exportLog: exported, exportBase, grid } = options;
  if (files.length === 0 || exported !== null || exportBase !== null || grid !== null) return options;
  const { log, recipe } = await logOf(root, options);
  const facts = { id: spec.data.id, users: log.users.length, items: log.items.length, ...categoryFacts(log), recipe };
  const other = recipeForLog(spec, facts);
  const paths = FIELDS_OF_LOG.filter(
    (path) => !named.includes(path) && !sameValue(readField(spec, path), readField(other, path)),
  );
  if (paths.length === 0) return options;
  console.info(`recipe on this log: ${paths.map((path) => `${path}=${String(readField(other, path))}`).join(' ')}`);
  return { ...options, spec: paths.reduce((one, path) => writeField(one, path, readField(other, path)), spec) };
}

/** Logs that were read, by their list of files. */
const readLogs = new WeakMap<readonly string[], Promise<ReadLog>>();

function logOf(root: string, options: CliOptions): Promise<ReadLog> {
  const known = readLogs.get(options.log) ?? openLogOf(root, options);
  readLogs.set(options.log, known);
  return known;
}

async function openLogOf(root: string, options: CliOptions): Promise<ReadLog> {
  const { log: files, allowIgnored } = options;
  if (files.length === 0) return openSampleLog(path.join(root, 'public'));
  const opened = await openLog(await filesFromDisk(files), options, allowIgnored);
  for (const line of [...ignoredLines(opened), ...droppedLines(opened), ...redLines(opened)]) console.info(line);
  return opened;
}

/** `--inspect`: formats, columns, counts, findings and audit. */
async function inspectLog(root: string, options: CliOptions): Promise<void> {
  const sample = SAMPLE_LOG.files.map((file) => path.join(root, 'public', SAMPLE_LOG.folder, file));
  const opened = await openLog(
    await filesFromDisk(options.log.length === 0 ? sample : options.log),
    options,
    options.allowIgnored,
  );
  const listed = inspectionOf(opened);
  const known = options.knownTitles ? await knownOf(root, options, opened) : [];
  const inspection = { ...listed, audit: [...listed.audit, ...known] };
  console.info(options.inspect === 'json' ? JSON.stringify(inspection, null, 2) : inspectionText(inspection));
}

/** What the model knows of the titles. @throws GpuUnavailableError */
async function knownOf(root: string, options: CliOptions, { log }: ReadLog): Promise<AuditFinding[]> {
  const { spec } = options;
  const { id } = spec.model;
  const gpu = await openNodeGpu();
  try {
    const { model } = await openModel(modelFolder(root, options, id), id);
    const trials = titleTrials(log.items.columns.title);
    const finding = knownTitles(trials, await titleNlls(gpu, model, trials, spec.model), id);
    return finding === null ? [] : [finding];
  } finally {
    gpu.device.destroy();
  }
}

function cacheOf(root: string): string {
  return process.env.KARMA_CACHE ?? path.join(root, '.cache');
}

/**
 * ONNX Runtime's WebAssembly in the npm package, which has it once, with the page; in a checkout its own
 * package has it.
 */
async function packagedOrt(root: string): Promise<OrtSettings> {
  const assets = path.join(root, 'public/assets');
  const file = existsSync(assets) ? (await readdir(assets)).find((name) => /^ort-.*\.wasm$/.test(name)) : undefined;
  return file === undefined ? {} : { wasmBytes: await readFileBytes(path.join(assets, file)) };
}

function featuresOf(root: string, cache: string): FeatureStore {
  return diskFeatures(path.join(root, 'public', SAMPLE_LOG.folder, SAMPLE_LOG.features), cache);
}

interface Certified {
  readonly model: LoadedModel;
  readonly source: ModelSource;
  readonly certification: Certification;
}

/**
 * Loads a recipe's model and compares it with ONNX Runtime; the last one is cached.
 * @throws TrainingRefusedError
 */
function certifier(gpu: Gpu, root: string, options: CliOptions): (spec: RunSpec) => Promise<Certified> {
  let last: (Certified & { readonly id: string }) | null = null;
  return async ({ model: { id } }) => {
    if (last?.id === id) return last;
    const { model, source } = await openModel(modelFolder(root, options, id), id);
    const certification = await certifyModel(gpu, model);
    console.info(`certificate: ${inWords(certification)}`);
    const { certificate } = certification;
    if (certificate?.passed === false) throw new TrainingRefusedError(certificate);
    last = { id, model, source, certification };
    return last;
  };
}

function inWords({ certificate, uncertified = '' }: Certification): string {
  if (certificate === null) return `none. ${uncertified}`;
  return `largest difference ${certificate.maxRelative.toExponential(1)} relative to ONNX Runtime (${certificate.provider})`;
}

/** The first option that a run in Chromium does not support, if any. */
function nodeOnly(options: CliOptions): string | null {
  const { model, adapters, lists, startFrom, exportOnnx, exportMerged, exportGguf, filters, maps, split, resume } = options;
  if (Object.keys(filters).length > 0) return '--filter';
  if (maps.length > 0) return '--map';
  if (split !== null) return '--split';
  if (resume) return '--resume';
  if (model !== null) return '--model';
  if (adapters !== null) return '--adapters';
  if (lists !== null) return '--lists';
  if (startFrom !== null) return '--start-from';
  if (exportMerged !== null) return '--export-merged';
  if (exportGguf !== null) return '--export-gguf';
  return exportOnnx === null ? null : '--export-onnx';
}

function modelFolder(root: string, { model }: CliOptions, id: string): string {
  return model ?? path.join(root, 'public/models', id);
}
