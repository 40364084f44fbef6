/**
 * A probe decoder: the base model reads a text from one soft token W·z + b, with W and b trained and all else
 * frozen. It is the same for every arm, so what it can read is what z carries in the sense of predictive
 * V-information (Xu et al., ICLR 2020, arXiv 2002.10689).
 */
import { readFloats, write } from '../../gpu/tensor';
import { inMemoryGroup } from '../context';
import { fill } from '../rows/rows';
import { REPORT, type Engine } from '../engine';
import { layOutOwn, OwnParameters } from '../optimiser/ownParameters';
import type { SoftReader } from '../terms/rec/reconstruction';
import { meanCrossEntropies } from './scoredLoss';
import { packTexts, type PackedRows } from '../decoder/sequence';

/** Embeddings [texts, e] and the texts that go with them, EOS last. */
export interface TextPairs {
  readonly z: Float32Array;
  readonly texts: readonly (readonly number[])[];
}

/**
 * Learning rate, as a share of the standard deviation of the vocabulary embedding, which sets the scale of
 * soft tokens. **[O]**
 */
export const PROBE_RATE = 0.03;

/** How every probe decoder is trained, whatever the arms' recipe. **[O]** */
const TRAINING = {
  warmupSteps: 0,
  decay: 'linear',
  finalLearningRateShare: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
} as const;

export class ProbeDecoder {
  /** For `Evaluator.decode`. */
  readonly reader: SoftReader;
  private readonly own: OwnParameters;

  /** @param training number of steps, over which the learning rate decays, and the initial rate */
  constructor(
    private readonly engine: Engine,
    training: { readonly steps: number; readonly learningRate: number },
  ) {
    const { inputs } = engine;
    const context = inMemoryGroup(engine.context, 'evaluation');
    const { hidden } = inputs.config;
    // W under the name of the projection that it replaces.
    const layout = layOutOwn({ w_d: [hidden, inputs.spec.objective.embeddingSize] }, { b_d: [1, hidden] });
    this.own = new OwnParameters(context, layout, { ...inputs.spec.training, ...TRAINING, ...training }, 'the probe decoder');
    this.reader = { parameters: this.own.views, blocks: null };
  }

  /** Starts over with W = 0, so that z has no effect at first. @param bias b [hidden] */
  begin(bias: Float32Array): void {
    const { own } = this;
    const start = new Float32Array(own.layout.size);
    own.part(start, 'b_d').set(bias);
    own.set(start);
    own.restart();
  }

  /**
   * One AdamW step on the mean over texts of the NLL per token. With `update: false` the gradient is left for
   * `readGradients`.
   * @returns the mean before the step
   */
  async step(pairs: TextPairs, options = { update: true }): Promise<number> {
    const { engine, own } = this;
    const { context, reconstruction, scratch, report } = engine;
    own.clearGradients();
    fill(context, report, REPORT.evaluation + 1);
    this.parts(pairs).forEach((part, index) => {
      // Recorded commands read the lists that the next part overwrites.
      if (index > 0) context.recorder.submit();
      const packed = this.forward(part, pairs.texts.length);
      const texts = part.texts.length;
      reconstruction.lossAndBackward(
        { packed, texts, reader: this.reader, report, slot: REPORT.evaluation },
        { weight: 1, parameters: own.gradients, scratch, dh: null },
      );
    });
    if (options.update) own.update({ report, slot: REPORT.norm });
    return (await context.recorder.submitAndRead(report, REPORT.evaluation + 1))[REPORT.evaluation]!;
  }

  /** NLL of every text in nats per token: [texts]. */
  async nll(pairs: TextPairs): Promise<Float64Array> {
    const { context, reconstruction, report } = this.engine;
    const means: number[] = [];
    for (const part of this.parts(pairs)) {
      const packed = this.forward(part, part.texts.length);
      const state = reconstruction.loss(packed, { report, slot: REPORT.evaluation });
      context.recorder.submit();
      const [rows] = await readFloats(context.memory, [{ tensor: state, elements: 4 * packed.text.rows.length }]);
      const lengths = part.texts.map(({ length }) => length);
      means.push(...meanCrossEntropies(rows!, lengths));
    }
    return Float64Array.from(means);
  }

  /** W [hidden, e] and b [hidden] in one array. */
  read(): Promise<Float32Array> {
    return this.own.read();
  }

  /** Restores what `read` returned. */
  set(parameters: Float32Array): void {
    this.own.set(parameters);
  }

  /** What `read` returned, with W multiplied by `share`. */
  shrunk(parameters: Float32Array, share: number): Float32Array {
    return parameters.map((value, i) => (i < this.own.layout.decayed ? share * value : value));
  }

  /** The last step's gradients, before clipping: of W [hidden, e] and of b [hidden]. */
  async readGradients(): Promise<{ readonly w: Float32Array; readonly b: Float32Array }> {
    const flat = await this.own.readGradients();
    return { w: this.own.part(flat, 'w_d'), b: this.own.part(flat, 'b_d') };
  }

  /** As many texts at a time as fit into a pass. */
  private parts({ z, texts }: TextPairs): TextPairs[] {
    const { microBatch, inputs } = this.engine;
    const e = inputs.spec.objective.embeddingSize;
    return Array.from({ length: Math.ceil(texts.length / microBatch) }, (_, part) => {
      const [first, end] = [part * microBatch, (part + 1) * microBatch];
      return { z: z.subarray(first * e, end * e), texts: texts.slice(first, end) };
    });
  }

  private forward({ z, texts }: TextPairs, ofAll: number): PackedRows {
    const { context, head, reconstruction } = this.engine;
    const packed = packTexts(texts, { ofAll });
    write(context.memory.device, head.h, z);
    reconstruction.load(packed, Uint32Array.from(texts.keys()));
    reconstruction.forward(packed, texts.length, head.h, this.reader);
    return packed;
  }
}
