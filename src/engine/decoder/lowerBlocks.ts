/**
 * Histories as they enter the first adapted block, kept on the GPU. If the input rows are not trained either,
 * no step changes them: they are a function of an example's history, query and text alone, so arms and epochs
 * share them. Only missing examples are computed.
 */
import { write, type Tensor } from '../../gpu/tensor';
import { rowLists, type Activations } from './activations';
import type { Context } from '../context';
import { copyRows, gatherRows } from '../rows/rows';
import type { ArmViews, Decoder, InputRows } from './decoder';
import type { Arm } from '../arm';
import { megabytes } from '../../record/memoryPlan';
import { addsRows } from '../objective/terms';
import { RowRing, type Placement } from './rowRing';
import { packHistories, type EncodedExample, type PackedHistories, type PackOptions } from './sequence';

export interface LowerSizes {
  /** Maximum number of bytes kept. */
  readonly bytes: number;
  /** Trainable floats of an arm: those after them in its flat buffer are parameters of the input. */
  readonly trained: number;
}

/** The rows of a micro-batch that must be computed, and where they go. */
export interface Missing extends Placement {
  readonly packed: PackedHistories;
}

export class LowerBlocks {
  private readonly ring: RowRing;
  /** [kept rows, hidden] */
  private readonly kept: Tensor;
  /** The pass over missing rows: it uses the buffers of the whole pass, but has its own rows. */
  private readonly missing: Activations;
  /** The kept row for each row of the whole pass. */
  private readonly index: Tensor;
  private readonly hidden: number;
  /** The input parameters with which each arm started; arms that start alike share what is kept. */
  private readonly starts: Float32Array[] = [];
  private readonly startOf = new Map<Arm, number>();
  /** Whether y is kept too, because some arm has it in its rows. */
  private withText = false;

  /** @throws RangeError when the rows of one micro-batch do not fit into the bytes. */
  constructor(
    private readonly context: Context,
    private readonly decoder: Decoder,
    private readonly pass: Activations,
    private readonly sizes: LowerSizes,
  ) {
    const { memory } = context;
    this.hidden = decoder.config.hidden;
    const rows = Math.floor(sizes.bytes / (4 * this.hidden));
    if (rows < pass.capacity) {
      const least = megabytes(4 * this.hidden * pass.capacity);
      throw new RangeError(
        `${megabytes(sizes.bytes)} for the output of frozen layers do not hold one micro-batch, which takes ${least}: raise training.cacheMegabytes, or set it to 0.`,
      );
    }
    this.ring = new RowRing(rows);
    this.kept = memory.tensor(rows * this.hidden, 'kept rows');
    this.missing = { ...pass, ...rowLists(memory, pass.capacity, 'missing') };
    this.index = memory.tensor(pass.capacity, 'places of kept rows');
  }

  /** Registers how an arm starts. */
  register(arm: Arm, initial: Float32Array): void {
    const below = initial.slice(this.sizes.trained);
    const known = this.starts.findIndex((start) => start.every((value, i) => Object.is(value, below[i])));
    this.startOf.set(arm, known >= 0 ? known : this.starts.push(below) - 1);
    this.withText ||= addsRows(arm.spec, 'history');
  }

  /**
   * Uploads which rows must be computed for the examples of a micro-batch, and where each row of the whole
   * pass will be.
   */
  load(arm: Arm, examples: readonly EncodedExample[], packed: PackedHistories, options: PackOptions): Missing {
    const { withText } = this;
    const lengths = packed.starts.map((start) => packed.info[4 * start + 1]! - start);
    const extra = (example: EncodedExample): number => (withText && !options.withText ? Math.max(0, example.text.length - 1) : 0);
    const placement = this.ring.place(
      examples.map((example, i) => ({ key: this.keyOf(arm, example, options), rows: lengths[i]! + extra(example) })),
    );
    const places = new Uint32Array(packed.rows);
    packed.starts.forEach((start, i) => {
      for (let row = 0; row < lengths[i]!; row++) places[start + row] = placement.starts[i]! + row;
    });
    write(this.context.memory.device, this.index, places);
    const missing = packHistories(
      placement.missing.map((i) => examples[i]!),
      { ...options, withText },
    );
    this.decoder.load(this.missing, missing);
    return { ...placement, packed: missing };
  }

  /** The missing rows, then all rows of the whole pass: the input of its lowest block in reach. */
  forward({ packed, first }: Missing, rows: number, inputs: InputRows, arm: ArmViews): void {
    const { context, decoder, missing, pass, kept, index, hidden } = this;
    const { lowest } = pass.reach;
    const { input } = pass.blocks[lowest]!;
    if (packed.rows > 0) {
      decoder.lowerForward({ pass: missing, rows: packed.rows, arm }, lowest, inputs);
      copyRows(context, { rows: packed.rows, size: hidden }, { x: input, out: kept, first });
    }
    gatherRows(context, { rows, size: hidden }, { x: kept, index, out: input });
  }

  private keyOf(
    arm: Arm,
    { history, target, query, text }: EncodedExample,
    { sinkToken, codes, withTarget }: PackOptions,
  ): string {
    const after = codes && withTarget ? target : null;
    const parts = [this.startOf.get(arm), sinkToken, history, after, query, this.withText ? text : null];
    return parts.map(String).join(';');
  }
}
