/** `npm run experiment`: the page's experiment without a page, on Dawn in Node. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readLog } from '../data/readLog';
import { readSampleLog, SAMPLE_LOG } from '../data/sample';
import { LogError } from '../data/types';
import { describeIssue } from '../data/issues';
import { checkModel } from '../experiment/checkModel';
import { runExperiment } from '../experiment/runExperiment';
import { GpuUnavailableError } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { loadModel } from '../model/loadModel';
import { ModelError } from '../model/modelError';
import { configureOrt } from '../model/ortSession';
import { createTokenizer } from '../model/tokenizer';
import { diskFeatures, diskSource, openFiles, readBytes } from './diskSource';
import { readOptions, USAGE, UsageError } from './options';
import { eventLine, finalTable } from './report';

/** @param root the repository's folder. @returns the process's exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    return await run(args, root);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
    else if (error instanceof LogError) console.error([error.message, ...error.issues.map(describeIssue)].join('\n'));
    else if (error instanceof ModelError) console.error(`${error.message} ${error.advice}`);
    else if (error instanceof GpuUnavailableError) {
      console.error(`${error.message} Node needs a Vulkan driver; on Debian, install mesa-vulkan-drivers or chromium.`);
    } else throw error;
    return 2;
  }
}

async function run(args: readonly string[], root: string): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    console.info(USAGE);
    return 0;
  }
  const { spec } = options;
  const say = (line: string | null): void => {
    if (line !== null) console.info(line);
  };
  const gpu = await openNodeGpu();
  say(`adapter: ${gpu.adapter.description || gpu.adapter.device}${gpu.adapter.fallback ? ' (software)' : ''}`);
  const folder = options.model ?? path.join(root, 'public/models', spec.model.id);
  configureOrt();
  const model = await loadModel(diskSource(folder), spec.model.id, () => undefined, createTokenizer);
  const certificate = await checkModel(gpu, model);
  say(`certificate: largest difference ${certificate.maxRelative.toExponential(1)} to ONNX Runtime (${certificate.provider})`);
  if (!certificate.passed) {
    console.error(
      `Our logits differ from ONNX Runtime's by more than ${certificate.tolerance}: not training on a model that is read wrongly.`,
    );
    return 1;
  }
  const { log, dropped } =
    options.log.length === 0
      ? await readSampleLog(async (file) => (await readBytes(path.join(root, 'public', file))).buffer)
      : await readLog(await openFiles(options.log));
  const store = diskFeatures(
    path.join(root, 'public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors'),
    path.join(root, '.cache'),
  );
  const record = await runExperiment(
    { gpu, spec, model, certificate, log, dropped, store },
    (event) => {
      say(eventLine(event, spec.training.steps));
    },
    () => Promise.resolve('go'),
  );
  await writeFile(options.out, JSON.stringify(record));
  say(`\n${finalTable(record)}\n\nwritten to ${options.out}`);
  gpu.device.destroy();
  return 0;
}
