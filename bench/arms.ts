/**
 * `npm run bench -- arms`: the time of a training step with each term of the objective, in Node. Arms take
 * their steps in turn, so that all run under the same load.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { diskFeatures, diskTuning, openModel, openSampleLog } from '../src/cli/diskSource';
import { prepareTiles } from '../src/engine/gemm/gemmTuning';
import { openNodeGpu } from '../src/gpu/node';
import { runExperiment } from '../src/experiment/runExperiment';
import { SAMPLE_LOG } from '../src/log/sampleLog';
import { configureOrt } from '../src/model/ortSession';
import { readArm } from '../src/recipe/namedArms';
import { PRESETS } from '../src/recipe/presets';
import { EMBEDDED_MODEL, runSpecSchema } from '../src/recipe/runSpec';
import type { RunEvent } from '../src/record/runEvents';
import { median } from '../src/statistics/statistics';
import { quartiles } from './quartiles';

const USAGE = `npm run bench -- arms [options]
  --arms action,img,karma,…  arms by their short names; the first is what the others are compared with
  --steps 30                 timed steps of each, after five that are not`;

/** Number of untimed steps, in which pipelines are compiled. */
const UNTIMED = 5;

/** @param root the repository's folder @returns the exit code: 2 for bad arguments */
export async function main(args: readonly string[], root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      arms: { type: 'string', default: 'action,img,karma' },
      steps: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  const steps = Number(values.steps);
  if (values.help || !(Number.isInteger(steps) && steps > 0)) {
    console.info(USAGE);
    return values.help ? 0 : 2;
  }
  const { objective, training, evaluation } = PRESETS.find(({ id }) => id === 'strong')!.spec;
  const spec = runSpecSchema.parse({
    arms: values.arms.split(',').map(readArm),
    objective,
    training: { ...training, steps: UNTIMED + steps },
    evaluation: { ...evaluation, evaluations: 1, sampleUsers: 8, finalUsers: 8, prompts: '' },
  });
  const gpu = await openNodeGpu();
  const cache = path.join(root, '.cache');
  await prepareTiles(gpu, diskTuning(cache));
  configureOrt();
  const { model } = await openModel(path.join(root, 'public/models', EMBEDDED_MODEL), EMBEDDED_MODEL);
  const taken = new Map<string, Step[]>(spec.arms.map(({ id }) => [id, []]));
  let before = process.cpuUsage();
  const emit = (event: RunEvent): void => {
    if (event.type !== 'step') return;
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    taken.get(event.arm)!.push({ seconds: event.columns.seconds, cpu: (user + system) / 1000 });
  };
  await runExperiment(
    {
      ...{ gpu, spec, model, profiled: () => false },
      data: await openSampleLog(path.join(root, 'public')),
      certification: { certificate: null, uncertified: 'The benchmark checks no model.' },
      store: diskFeatures(path.join(root, 'public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors'), cache),
    },
    emit,
    () => Promise.resolve('go'),
  );
  console.info(
    `${gpu.adapter.description || gpu.adapter.device}: batches of ${training.batchSize} users, medians of ${steps} steps\n`,
  );
  const rows = spec.arms.map(({ id, label }) => ({ label, ...timesOf(taken.get(id)!) }));
  const [first] = rows;
  console.info('| arm | ms a step | times the first | CPU ms a step | times the first |\n|---|---|---|---|---|');
  for (const { label, ms, cpu } of rows) {
    const cells = [ms, cpu].map((own, kind) => {
      // In turn, step by step, so that load on the machine slows all of them.
      const others = kind === 0 ? first!.ms : first!.cpu;
      const ratios = own.map((one, step) => one / others[step]!);
      return `${quartiles(own, 0)} | ${median(ratios).toFixed(2)}`;
    });
    console.info(`| ${label} | ${cells.join(' | ')} |`);
  }
  gpu.device.destroy();
  return 0;
}

interface Step {
  /** Training seconds so far. */
  readonly seconds: number;
  /**
   * CPU milliseconds of all threads of this process since the previous step, of any arm: with a software
   * adapter, its own time whatever else the machine does.
   */
  readonly cpu: number;
}

/** Times of single steps, after the untimed ones. */
function timesOf(steps: readonly Step[]): { readonly ms: number[]; readonly cpu: number[] } {
  const timed = steps.slice(UNTIMED);
  return {
    ms: timed.map(({ seconds }, step) => 1000 * (seconds - steps[UNTIMED + step - 1]!.seconds)),
    cpu: timed.map(({ cpu }) => cpu),
  };
}
