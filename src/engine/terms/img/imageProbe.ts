/**
 * A probe of pictures: g of L_img, trained from the same start on every arm's embeddings alike once the arms are trained, so that its held-out error says
 * what pictures can be read from them. Definitions: docs/metrics.md.
 */
import { readFloats, write, type Tensor } from '../../../gpu/tensor';
import { forkRandom } from '../../../log/random';
import { FlatViews } from '../../adapter';
import { roundUp4, within } from '../../context';
import { REPORT, type Engine } from '../../engine';
import { Optimiser } from '../../optimiser/optimiser';
import { alignedFloats, slotOf, type ParameterLayout, type Slot } from '../../parameters';
import { fill } from '../../rows/rows';
import { ImageDecoder } from './imageDecoder';
import type { ImageDraw } from './noised';

/** Embeddings [pairs, e] and what goes with each. */
export interface ImagePairs {
  readonly z: Float32Array;
  readonly draws: readonly ImageDraw[];
}

/** Most pairs of a step. */
export const PROBE_ROWS = 128;

/** How every probe is trained, whatever the recipe of the arms. **[O]** */
const TRAINING = {
  learningRate: 3e-3,
  warmupSteps: 0,
  decay: 'linear',
  finalLearningRateShare: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
} as const;

type ProbeLayout = Pick<ParameterLayout, 'size' | 'trained' | 'decayed' | 'slots'>;

export class ImageProbe {
  private readonly decoder: ImageDecoder;
  private readonly layout: ProbeLayout;
  private readonly state: { readonly flat: Tensor; readonly m: Tensor; readonly v: Tensor };
  private readonly parameters: FlatViews;
  private readonly gradients: FlatViews;
  private readonly optimiser: Optimiser;
  private readonly z: Tensor;
  private steps = 0;

  /** @param size numbers of v @param steps that it is trained for */
  constructor(
    private readonly engine: Engine,
    private readonly size: number,
    steps: number,
  ) {
    const context = within(engine.context, 'evaluation');
    const { objective } = engine.inputs.spec;
    const { imageUnits: units, imageFrequencies: frequencies, embeddingSize } = objective;
    this.layout = layOut({ units, width: roundUp4(size), embeddingSize, frequencies });
    const tensor = (label: string): Tensor => context.memory.tensor(this.layout.size, `${label} the picture probe`);
    this.state = { flat: tensor('parameters of'), m: tensor('m of'), v: tensor('v of') };
    this.parameters = new FlatViews(this.state.flat, this.layout);
    this.gradients = new FlatViews(tensor('gradients of'), this.layout);
    this.z = context.memory.tensor(PROBE_ROWS * embeddingSize, 'embeddings of the picture probe');
    this.decoder = new ImageDecoder(context, { rows: PROBE_ROWS, size, units, frequencies });
    this.optimiser = new Optimiser(context, this.layout, { ...TRAINING, steps });
  }

  /** Starts anew: matrices U(±1/√in) by the seed, the output and all biases 0. */
  begin(seed: number): void {
    const random = forkRandom(seed, 'picture probe');
    const start = new Float32Array(this.layout.size);
    for (const name of ['img_z', 'img_h', 'img_t', 'img_2']) {
      const { offset, rows, columns } = slotOf(this.layout, name);
      for (let i = 0; i < rows * columns; i++) start[offset + i] = (2 * random.uniform() - 1) / Math.sqrt(columns);
    }
    this.set(start);
    const { memory } = this.engine.context;
    for (const moments of [this.state.m, this.state.v]) write(memory.device, moments, new Float32Array(this.layout.size));
    this.steps = 0;
  }

  /** One AdamW step on the mean square error of at most PROBE_ROWS pairs. @returns it before the step */
  async step(pairs: ImagePairs): Promise<number> {
    const { engine, layout, gradients } = this;
    const { context, report } = engine;
    fill(context, gradients.flat, layout.size);
    fill(context, report, REPORT.evaluation + 1);
    this.run(pairs, 1 / (pairs.draws.length * this.size), gradients);
    this.optimiser.update(this.state, gradients.flat, { step: this.steps++ }, { report, slot: REPORT.norm });
    return (await context.recorder.submitAndRead(report, REPORT.evaluation + 1))[REPORT.evaluation]!;
  }

  /** Mean square error of every pair. */
  async errors({ z, draws }: ImagePairs): Promise<Float64Array> {
    const { context } = this.engine;
    const e = this.engine.inputs.spec.objective.embeddingSize;
    const all = new Float64Array(draws.length);
    for (let first = 0; first < draws.length; first += PROBE_ROWS) {
      const part = draws.slice(first, first + PROBE_ROWS);
      const error = this.run({ z: z.subarray(first * e, (first + part.length) * e), draws: part }, 1 / this.size, null);
      context.recorder.submit();
      const [read] = await readFloats(context.memory, [{ tensor: error, elements: part.length }]);
      all.set(read!, first);
    }
    return all;
  }

  async read(): Promise<Float32Array> {
    const [all] = await readFloats(this.engine.context.memory, [{ tensor: this.state.flat, elements: this.layout.size }]);
    return all!;
  }

  /** What `read` gave. */
  set(parameters: Float32Array): void {
    write(this.engine.context.memory.device, this.state.flat, parameters);
  }

  /** What `read` gave with W_c times `share`. */
  shrunk(parameters: Float32Array, share: number): Float32Array {
    const { offset, rows, columns } = slotOf(this.layout, 'img_h');
    return parameters.map((value, i) => (i >= offset && i < offset + rows * columns ? share * value : value));
  }

  private run({ z, draws }: ImagePairs, scale: number, gradients: FlatViews | null): Tensor {
    const { engine, parameters } = this;
    write(engine.context.memory.device, this.z, z);
    this.decoder.load(draws, 'flow');
    const context = { tensor: this.z, width: engine.inputs.spec.objective.embeddingSize, matrix: 'img_h' } as const;
    const call = { context, parameters, scale, report: engine.report, slot: REPORT.evaluation };
    return this.decoder.run(call, gradients && { weight: 1, gradients, dc: null });
  }
}

function layOut(sizes: {
  readonly units: number;
  readonly width: number;
  readonly embeddingSize: number;
  readonly frequencies: number;
}): ProbeLayout {
  const { units, width, embeddingSize, frequencies } = sizes;
  const slots = new Map<string, Slot>();
  let size = 0;
  const named = (name: string, rows: number, columns: number): void => {
    slots.set(name, { name, offset: size, rows, columns });
    size += alignedFloats(rows * columns);
  };
  named('img_z', units, width);
  named('img_h', units, embeddingSize);
  named('img_t', units, 2 * frequencies);
  named('img_2', units, units);
  named('img_3', width, units);
  const decayed = size;
  named('img_b1', 1, units);
  named('img_b2', 1, units);
  named('img_b3', 1, width);
  return { size, trained: size, decayed, slots };
}
