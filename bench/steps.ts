/** Times whole training steps of the embedded model, as ratios within one run. On a software adapter they tell what tests cost, not how fast a GPU is. */
import path from 'node:path';
import { diskSource } from '../src/cli/diskSource';
import { forkRandom } from '../src/data/random';
import { Engine, type Arm } from '../src/engine/engine';
import { initialParameters } from '../src/engine/parameters';
import type { EncodedExample } from '../src/engine/sequence';
import { openNodeGpu } from '../src/gpu/node';
import { loadModel } from '../src/model/loadModel';
import { createTokenizer } from '../src/model/tokenizer';
import { DEFAULT_ARMS, runSpecSchema } from '../src/spec/runSpec';

const ITEMS = 5200;
const HISTORY = 10;
const TEXT = 14;
const REPEATS = 7;

interface Row {
  readonly batch: number;
  readonly loss: string;
  readonly arm: string;
  readonly firstMs: number;
  readonly medianMs: number;
  /** Processor time of this process, which a busy machine disturbs less. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** @param root the repository's folder */
export async function benchSteps(root: string): Promise<{ readonly adapter: string; readonly rows: readonly Row[] }> {
  const gpu = await openNodeGpu();
  const model = await loadModel(
    diskSource(path.join(root, 'public/models/wordnet-1m')),
    'wordnet-1m',
    () => undefined,
    createTokenizer,
  );
  const random = forkRandom(0, 'bench');
  const table = (): Float32Array => Float32Array.from({ length: ITEMS * model.config.hidden }, () => random.normal());
  const features = { hidden: table(), title: table() };
  const rows: Row[] = [];
  for (const batchSize of [12, 32]) {
    for (const actionLoss of ['full', 'infonce'] as const) {
      const spec = runSpecSchema.parse({ training: { batchSize }, objective: { actionLoss } });
      const inputs = {
        config: model.config,
        weights: model.weights,
        features,
        items: ITEMS,
        titleTokens: [],
        spec,
        maxExposed: 0,
        maxQueryTokens: 0,
      };
      const engine = new Engine(gpu, inputs);
      const initial = initialParameters(engine.layout, model.config, model.weights, spec);
      const batch = Array.from({ length: batchSize }, (): EncodedExample => ({
        history: Array.from({ length: HISTORY }, () => random.integer(ITEMS)),
        target: random.integer(ITEMS),
        query: [],
        text: Array.from({ length: TEXT }, () => random.integer(model.config.vocabulary)),
        exposed: [],
      }));
      for (const arm of DEFAULT_ARMS) {
        const times = await time(engine, engine.createArm(arm, initial), batch);
        rows.push({ batch: batchSize, loss: actionLoss, arm: arm.id, ...times, peakMb: engine.context.memory.peakBytes / 1e6 });
      }
      engine.destroy();
    }
  }
  const { description, device, fallback } = gpu.adapter;
  gpu.device.destroy();
  return { adapter: `${description || device}${fallback ? ' (software)' : ''}`, rows };
}

async function time(
  engine: Engine,
  arm: Arm,
  batch: readonly EncodedExample[],
): Promise<Pick<Row, 'firstMs' | 'medianMs' | 'cpuMs'>> {
  const start = performance.now();
  await engine.trainStep(arm, batch);
  const firstMs = performance.now() - start;
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage();
    const from = performance.now();
    await engine.trainStep(arm, batch);
    wall.push(performance.now() - from);
    const used = process.cpuUsage(before);
    cpu.push((used.user + used.system) / 1000);
  }
  return { firstMs, medianMs: median(wall), cpuMs: median(cpu) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
