/**
 * A probe of pictures: g of L_img, trained after the arms, in the same way and from the same start on the
 * embeddings of each, so that its held-out error says what pictures can be read from them. Definitions:
 * docs/metrics.md.
 */
import { readFloats, write, type Tensor } from '../../../gpu/tensor';
import { forkRandom } from '../../../log/random';
import { inMemoryGroup } from '../../context';
import { REPORT, type Engine } from '../../engine';
import { layOutOwn, OwnParameters } from '../../optimiser/ownParameters';
import { fill } from '../../rows/rows';
import { ImageDecoder, type ImageGradient } from './imageDecoder';
import type { ImageDraw } from './noised';
import { FREQUENCIES, imageBiases, imageMatrices } from './shapes';

/** Embeddings [pairs, e] and the picture of each. */
export interface ImagePairs {
  readonly z: Float32Array;
  readonly draws: readonly ImageDraw[];
}

/** Maximum number of pairs per step. */
export const PROBE_ROWS = 128;

/** How every probe is trained, whatever the arms' recipe. **[O]** */
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

export class ImageProbe {
  private readonly decoder: ImageDecoder;
  private readonly own: OwnParameters;
  private readonly z: Tensor;

  /** @param size of v @param steps for which it is trained */
  constructor(
    private readonly engine: Engine,
    private readonly size: number,
    steps: number,
  ) {
    const context = inMemoryGroup(engine.context, 'evaluation');
    const { objective } = engine.inputs.spec;
    const { imageUnits: units, embeddingSize } = objective;
    const sizes = { size, units, frequencies: FREQUENCIES, embeddingSize };
    const layout = layOutOwn(imageMatrices(sizes), imageBiases(sizes));
    this.own = new OwnParameters(context, layout, { ...TRAINING, steps }, 'the picture probe');
    this.z = context.memory.tensor(PROBE_ROWS * embeddingSize, 'embeddings of the picture probe');
    this.decoder = new ImageDecoder(context, { rows: PROBE_ROWS, size, units, frequencies: FREQUENCIES });
  }

  /** Starts over: matrices U(±1/√in) from the seed, the output and all biases 0. */
  begin(seed: number): void {
    const { own } = this;
    const random = forkRandom(seed, 'picture probe');
    const start = new Float32Array(own.layout.size);
    for (const name of ['img_z', 'img_h', 'img_t', 'img_2']) {
      const { columns } = own.layout.slots.get(name)!;
      const part = own.part(start, name);
      for (let i = 0; i < part.length; i++) part[i] = (2 * random.uniform() - 1) / Math.sqrt(columns);
    }
    own.set(start);
    own.restart();
  }

  /**
   * One AdamW step on the mean squared error of at most PROBE_ROWS pairs.
   * @returns the error before the step
   */
  async step(pairs: ImagePairs): Promise<number> {
    const { own } = this;
    const { context, report } = this.engine;
    own.clearGradients();
    fill(context, report, REPORT.evaluation + 1);
    this.run(pairs, 1 / (pairs.draws.length * this.size), { weight: 1, gradients: own.gradients, dc: null });
    own.update({ report, slot: REPORT.norm });
    return (await context.recorder.submitAndRead(report, REPORT.evaluation + 1))[REPORT.evaluation]!;
  }

  /** Mean squared error of every pair. */
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

  read(): Promise<Float32Array> {
    return this.own.read();
  }

  /** Restores what `read` returned. */
  set(parameters: Float32Array): void {
    this.own.set(parameters);
  }

  /** What `read` returned, with W_c multiplied by `share`. */
  shrunk(parameters: Float32Array, share: number): Float32Array {
    const less = Float32Array.from(parameters);
    const part = this.own.part(less, 'img_h');
    part.set(part.map((value) => share * value));
    return less;
  }

  private run({ z, draws }: ImagePairs, scale: number, gradient: ImageGradient | null): Tensor {
    const { engine } = this;
    write(engine.context.memory.device, this.z, z);
    this.decoder.load(draws, 'flow');
    const context = { tensor: this.z, width: engine.inputs.spec.objective.embeddingSize, matrix: 'img_h' } as const;
    const call = { context, parameters: this.own.views, scale, report: engine.report, slot: REPORT.evaluation };
    return this.decoder.run(call, gradient);
  }
}
