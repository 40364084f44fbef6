/** `npm run experiment`: the page's experiment without a page, on Dawn in Node, else in headless Chromium. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeIssue } from '../data/issues';
import { readLog } from '../data/readLog';
import { readSampleLog, SAMPLE_LOG } from '../data/sample';
import { LogError } from '../data/types';
import { prepareTiles } from '../engine/gemmTuning';
import type { TrainedArm } from '../engine/trainedArm';
import { checkModel } from '../experiment/checkModel';
import { runExperiment } from '../experiment/runExperiment';
import { GpuUnavailableError } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { loadModel } from '../model/loadModel';
import { ModelError } from '../model/modelError';
import { configureOrt } from '../model/ortSession';
import { createTokenizer } from '../model/tokenizer';
import type { RunRecord } from '../spec/runRecord';
import type { WorkerEvent } from '../worker/protocol';
import { BrowserRunError, runInChromium } from './browserRun';
import { diskFeatures, diskSource, diskTuning, openFiles, readBytes } from './diskSource';
import { readOptions, USAGE, UsageError, type CliOptions } from './options';
import { profileReport } from './profileReport';
import { exportAdapters, exportArms, exportModel } from './exportModels';
import { eventLine, finalTable } from './report';

/** Our engine reads the model differently from ONNX Runtime. */
class CertificateError extends Error {}

/** @param root the repository's folder. @returns the process's exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const options = readOptions(args);
    if (options === null) console.info(USAGE);
    else await run(options, root);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
    else if (error instanceof LogError) console.error([error.message, ...error.issues.map(describeIssue)].join('\n'));
    else if (error instanceof ModelError) console.error(`${error.message} ${error.advice}`);
    else if (error instanceof BrowserRunError || error instanceof CertificateError) console.error(error.message);
    else throw error;
    return 2;
  }
}

async function run(options: CliOptions, root: string): Promise<void> {
  const onEvent = (event: WorkerEvent): void => {
    const line = eventLine(event, options.spec.training.steps);
    if (line !== null) console.info(line);
  };
  if (options.exportBase !== null) {
    const source = diskSource(modelFolder(root, options));
    const model = await loadModel(source, options.spec.model.id, () => undefined, createTokenizer);
    await exportModel(options.exportBase, { model, source, adapter: null, title: 'Base model' });
    return;
  }
  let record: RunRecord;
  try {
    record = await runInNode(root, options, onEvent);
  } catch (error) {
    if (!(error instanceof GpuUnavailableError)) throw error;
    const option = nodeOnly(options);
    if (option !== null) throw new UsageError(`${option} needs an adapter in Node; on Debian, install mesa-vulkan-drivers.`);
    console.info('Node found no adapter: running in headless Chromium.');
    record = await runInChromium(root, options, onEvent);
  }
  await writeFile(options.out, JSON.stringify(record));
  console.info(`\n${finalTable(record)}`);
  if (options.profile) console.info(`\n${profileReport(record)}`);
  console.info(`\nwritten to ${options.out}`);
}

async function runInNode(root: string, options: CliOptions, onEvent: (event: WorkerEvent) => void): Promise<RunRecord> {
  const { spec, log: files } = options;
  const gpu = await openNodeGpu();
  try {
    const cache = path.join(root, '.cache');
    await prepareTiles(gpu, diskTuning(cache));
    const { description, device, fallback } = gpu.adapter;
    console.info(`adapter: ${description || device}${fallback ? ' (software)' : ''}`);
    const source = diskSource(modelFolder(root, options));
    configureOrt();
    const model = await loadModel(source, spec.model.id, () => undefined, createTokenizer);
    const certificate = await checkModel(gpu, model);
    const difference = `${certificate.maxRelative.toExponential(1)} relative to ONNX Runtime (${certificate.provider})`;
    console.info(`certificate: largest difference ${difference}`);
    if (!certificate.passed) {
      throw new CertificateError(
        `Our logits differ by more than ${certificate.tolerance}: not training on a model that is read wrongly.`,
      );
    }
    const data =
      files.length === 0
        ? await readSampleLog(async (file) => (await readBytes(path.join(root, 'public', file))).buffer)
        : await readLog(await openFiles(files));
    const shipped = path.join(root, 'public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors');
    const store = diskFeatures(shipped, cache);
    let trained: readonly TrainedArm[] = [];
    const onTrained = (arms: readonly TrainedArm[]): void => {
      trained = arms;
    };
    const inputs = { gpu, spec, model, certificate, data, store, profiled: () => options.profile, onTrained };
    const record = await runExperiment(inputs, onEvent, () => Promise.resolve('go'));
    if (options.exportOnnx !== null) await exportArms(options.exportOnnx, { model, source }, trained);
    if (options.adapters !== null) await exportAdapters(options.adapters, model, spec, trained);
    return record;
  } finally {
    gpu.device.destroy();
  }
}

/** The option, if any, that a run in Chromium cannot follow. */
function nodeOnly({ model, adapters, exportOnnx }: CliOptions): string | null {
  if (model !== null) return '--model';
  if (adapters !== null) return '--adapters';
  return exportOnnx === null ? null : '--export-onnx';
}

function modelFolder(root: string, { model, spec }: CliOptions): string {
  return model ?? path.join(root, 'public/models', spec.model.id);
}
