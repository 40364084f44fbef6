/** Our engine, through the classes with which the playground itself trains. */
import { createContext, type Context } from '../../../src/engine/context';
import { fill } from '../../../src/engine/rows/rows';
import { tileOrigin, deviceTiles, type TuningOptions, type TuningStore } from '../../../src/engine/gemm/gemmTuning';
import { prepareTiles } from '../../../src/engine/gemm/gemmTuning';
import { ratingsSchema } from '../../../src/engine/gemm/ratings';
import { SOFTMAX } from '../../../src/engine/losses/softmax/row';
import { ScoredLoss } from '../../../src/engine/losses/scoredLoss';
import type { Gpu } from '../../../src/gpu/device';
import { readFloats, type Tensor } from '../../../src/gpu/tensor';
import type { OrtSettings } from '../../../src/model/ortSession';
import { norm, productOutcome, type Library } from '../../library';
import { attentionWork } from './attention';
import { blockWork } from './block';
import { experimentWork } from './experiment';
import { embedWork, generateWork } from './language';
import { stepWork } from './step';

/** Keeps nothing: what the benchmark tells of a GPU was measured in that run. */
const NO_STORE: TuningStore = { read: () => Promise.resolve(null), write: () => Promise.resolve() };

/** Opens the engine on a device. On a GPU its tiles are timed first. */
export async function openOurs(gpu: Gpu, ort: OrtSettings, tuning: TuningOptions = {}): Promise<Library> {
  await prepareTiles(gpu, NO_STORE, tuning);
  // A clock that saw no time pass gives no ratings that JSON could hold.
  const timed = tileOrigin(gpu).tiles === 'timed' ? ratingsSchema.safeParse(deviceTiles(gpu)).data : undefined;
  return {
    ...(timed && { tiles: timed }),

    matmul({ rows, columns, depth }, inputs, times) {
      const context = createContext(gpu);
      const a = { tensor: context.memory.upload(inputs.a, 'A'), stride: depth };
      const b = { tensor: context.memory.upload(inputs.b, 'B'), stride: columns };
      const out = { tensor: context.memory.tensor(rows * columns, 'C'), stride: columns };
      return Promise.resolve({
        async run() {
          for (let i = 0; i < times; i++) context.gemm.run({ kind: 'NN', rows, columns, depth, a, b, out });
          await context.recorder.submitAndRead(out.tensor, 1);
        },
        async outcome() {
          return productOutcome(await readAll(context, out.tensor, rows * columns));
        },
      });
    },

    block: (benchCase, inputs) => blockWork(gpu, benchCase, inputs),

    attention: (benchCase, inputs) => Promise.resolve(attentionWork(gpu, benchCase, inputs)),

    embed: (_, inputs) => embedWork(gpu, inputs),

    generate: (benchCase, inputs) => generateWork(gpu, benchCase, inputs),

    experiment: ({ preset }, inputs) => Promise.resolve(experimentWork(gpu, preset, inputs, ort)),

    crossEntropy({ rows, columns, depth }, inputs) {
      const context = createContext(gpu);
      const { memory } = context;
      const scored = new ScoredLoss(context, { rows, columns, losses: [SOFTMAX] });
      const report = memory.tensor(4, 'report');
      const dh = memory.tensor(rows * depth, 'dh');
      const call = {
        loss: SOFTMAX,
        rows,
        columns,
        depth,
        h: memory.upload(inputs.h, 'h'),
        e: { tensor: memory.upload(inputs.e, 'E'), stride: depth },
        targetColumn: memory.upload(inputs.targets, 'targets'),
        owned: null,
        logScale: null,
        offset: null,
        rowWeight: memory.upload(new Float32Array(rows).fill(1 / rows), 'row weights'),
        report,
        slot: 0,
        gradient: { weight: 1, dh, de: null },
      } as const;
      let loss = NaN;
      return Promise.resolve({
        async run() {
          // The loss accumulates.
          fill(context, report, 4);
          scored.run(call);
          [loss = NaN] = await context.recorder.submitAndRead(report, 1);
        },
        async outcome() {
          return { loss, gradNorm: norm([await readAll(context, dh, rows * depth)]) };
        },
      });
    },

    step: (benchCase, inputs) => stepWork(gpu, benchCase, inputs),
  };
}

async function readAll({ memory }: Context, tensor: Tensor, elements: number): Promise<Float32Array> {
  const [values] = await readFloats(memory, [{ tensor, elements }]);
  return values!;
}
