/**
 * The pre-trained model in our kernels, with or without an arm's adapter: logits of texts, and mean-pooled
 * hidden states as item features.
 */
import type { Gpu } from '../../gpu/device';
import { compileAhead } from '../../gpu/rehearsalGpu';
import { readFloats, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { WeightSource } from '../../model/weightSource';
import { runSpecSchema } from '../../recipe/runSpec';
import { allocateActivations, Workspace, type Activations } from './activations';
import { FlatViews, LoraBlocks } from '../adapter';
import { owning, roundUp8, type Context } from '../context';
import { Decoder, type ArmViews } from './decoder';
import { allocateWeights, fillWeights, type FrozenWeights, type WeightNumbers } from './frozenWeights';
import { layOutParameters } from '../parameters';
import { packTexts } from './sequence';
import type { TrainedArm } from '../trainedArm';

export interface BaseModelOptions extends Partial<WeightNumbers> {
  readonly capacity?: number;
  readonly arm?: TrainedArm | null;
}

export class BaseModel {
  private readonly decoder: Decoder;
  private readonly frozen: FrozenWeights;
  private readonly pass: Activations;
  private readonly nothing: Tensor;
  private readonly adapter: ArmViews | null;
  /** Resolves when the kernels of a pass are compiled. */
  private compiled: Promise<void> = Promise.resolve();

  private constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
    private readonly capacity: number,
    numbers: WeightNumbers,
    arm: TrainedArm | null,
  ) {
    const { memory } = context;
    const { lora, objective } = runSpecSchema.parse({});
    const layout = arm?.layout ?? layOutParameters(config, { lora: { ...lora, targets: [] }, objective }, { items: 0 });
    this.frozen = allocateWeights(memory, config, numbers);
    this.decoder = new Decoder(this.context, this.frozen, layout);
    this.pass = allocateActivations(memory, config, layout, {
      capacity,
      reach: { lowest: config.layers, input: false },
      checkpoint: false,
      workspace: new Workspace(memory, config, layout, capacity),
      label: 'base',
    });
    this.nothing = memory.tensor(config.hidden, 'no dense rows');
    this.adapter = null;
    if (arm !== null) {
      const parameters = new FlatViews(memory.upload(arm.flat, `parameters of ${arm.spec.id}`), layout);
      const blocks = new LoraBlocks(this.context, layout, this.frozen);
      blocks.refresh(parameters);
      this.adapter = { parameters, blocks };
    }
  }

  /**
   * The model with its weights on the GPU.
   * @param capacity rows (tokens) per pass
   * @param precision how the weights are stored
   * @param arithmetic the precision in which products with them are computed
   * @param arm whose LoRA is applied, if any
   * @throws as `fillWeights` does
   */
  static async create(
    gpu: Gpu,
    { config, weights }: { readonly config: DecoderConfig; readonly weights: WeightSource },
    { capacity = 1024, precision = 'f32', arithmetic = 'f32', arm = null }: BaseModelOptions = {},
  ): Promise<BaseModel> {
    const numbers = { precision, arithmetic };
    const on = (device: Gpu): BaseModel => owning(device, (context) => new BaseModel(context, config, capacity, numbers, arm));
    const model = on(gpu);
    model.compiled = compileAhead(gpu, (dry) => on(dry).rehearse());
    try {
      await fillWeights(gpu.device, model.frozen, weights);
      return model;
    } catch (error) {
      model.destroy();
      throw error;
    }
  }

  /** Next-token logits at every position: [ids, vocabulary]. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    await this.compiled;
    const { memory, gemm } = this.context;
    const { hidden, vocabulary } = this.config;
    // The head has rows of zeros up to a multiple of 8.
    const padded = roundUp8(vocabulary);
    this.run([ids]);
    const out = memory.tensor(ids.length * padded, 'logits');
    gemm.run({
      kind: 'NT',
      rows: ids.length,
      columns: padded,
      depth: hidden,
      a: { tensor: this.pass.hidden, stride: hidden },
      b: this.frozen.head.matrix,
      out: { tensor: out, stride: padded },
    });
    this.context.recorder.submit();
    const [rows] = await readFloats(memory, [{ tensor: out, elements: ids.length * padded }]);
    memory.free(out);
    const logits = new Float32Array(ids.length * vocabulary);
    ids.forEach((_, row) => {
      logits.set(rows!.subarray(row * padded, row * padded + vocabulary), row * vocabulary);
    });
    return logits;
  }

  /**
   * Mean over its tokens of the last hidden state (after the final norm) of every row of ids: [rows, hidden].
   */
  async meanHidden(
    tokenRows: readonly (readonly number[])[],
    onProgress: (done: number) => void = () => undefined,
  ): Promise<Float32Array> {
    await this.compiled;
    const { hidden } = this.config;
    const means = new Float32Array(tokenRows.length * hidden);
    for (let first = 0; first < tokenRows.length;) {
      let last = first;
      let tokens = 0;
      while (last < tokenRows.length && (last === first || tokens + tokenRows[last]!.length <= this.capacity))
        tokens += tokenRows[last++]!.length;
      const group = tokenRows.slice(first, last);
      this.run(group);
      this.context.recorder.submit();
      const [states] = await readFloats(this.context.memory, [{ tensor: this.pass.hidden, elements: tokens * hidden }]);
      let row = 0;
      group.forEach((ids, index) => {
        for (let t = 0; t < ids.length; t++, row++) {
          for (let c = 0; c < hidden; c++) means[(first + index) * hidden + c]! += states![row * hidden + c]! / ids.length;
        }
      });
      first = last;
      onProgress(first);
    }
    return means;
  }

  destroy(): void {
    this.context.memory.destroy();
  }

  /** Asks for the kernels of short and of full passes, on a GPU that computes nothing. */
  private async rehearse(): Promise<void> {
    const text = new Array<number>(Math.min(16, this.capacity)).fill(0);
    await this.logits(text);
    await this.meanHidden(Array.from({ length: Math.floor(this.capacity / text.length) }, () => text));
  }

  private run(tokenRows: readonly (readonly number[])[]): void {
    const packed = packTokenRows(tokenRows);
    this.decoder.load(this.pass, packed);
    this.decoder.forward(
      { pass: this.pass, rows: packed.rows, arm: this.adapter },
      { dense: this.nothing, learned: this.nothing },
    );
  }
}

/**
 * Sequences of vocabulary tokens as packed rows. packTexts sets the first row itself and leaves out the last
 * token: the first is corrected here, and an unused token is appended. @throws RangeError for an empty
 * sequence.
 */
function packTokenRows(tokenRows: readonly (readonly number[])[]): ReturnType<typeof packTexts> {
  const packed = packTexts(
    tokenRows.map((ids) => [...ids.slice(1), 0]),
    { bosId: 0 },
  );
  let row = 0;
  for (const ids of tokenRows) {
    if (ids[0] === undefined) throw new RangeError('an empty sequence has no hidden state');
    packed.source[row] = ids[0];
    row += ids.length;
  }
  return packed;
}
