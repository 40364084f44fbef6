/** The pass over histories: item tokens and trainable vectors in, hidden states out, and back. */
import type { Tensor } from '../../gpu/tensor';
import type { Activations, BackwardScratch, BlockActivations } from './activations';
import type { FlatViews, LoraBlocks } from '../adapter';
import type { CatalogueTensors } from '../ranking/catalogueTensors';
import { inMemoryGroup, type Context } from '../context';
import type { ArmViews, AttendedLayer, Decoder, InputRows } from './decoder';
import type { Arm } from '../arm';
import { ItemTokens } from './itemTokens';
import { LowerBlocks, type Missing } from './lowerBlocks';
import type { ParameterLayout } from '../parameters';
import type { EncodedExample, PackedHistories, PackOptions } from './sequence';
import type { StepSizes } from '../stepSizes';
import type { WantedRows } from './wantedRows';
import type { EditedKeys } from './editedKeys';

export interface HistoriesInputs {
  readonly decoder: Decoder;
  readonly layout: ParameterLayout;
  readonly pass: Activations;
  readonly catalogue: CatalogueTensors;
  readonly sizes: Pick<StepSizes, 'denseRows' | 'rows'>;
  /** Memory, in bytes, for keeping the output of blocks that no step changes. */
  readonly cacheBytes: number;
}

export class Histories {
  readonly pass: Activations;
  private readonly decoder: Decoder;
  private readonly layout: ParameterLayout;
  private readonly itemTokens: ItemTokens;
  /** Null if everything is computed in every step. */
  private readonly lower: LowerBlocks | null;
  /** What is loaded, and the part of it whose input to the first adapted block is not kept. */
  private packed: PackedHistories | null = null;
  private missing: Missing | null = null;

  constructor(
    private readonly context: Context,
    { decoder, layout, pass, catalogue, sizes, cacheBytes }: HistoriesInputs,
  ) {
    this.pass = pass;
    this.decoder = decoder;
    this.layout = layout;
    this.itemTokens = new ItemTokens(context, layout, decoder.config.hidden, catalogue, sizes);
    const { lowest, input } = pass.reach;
    const keeps = cacheBytes > 0 && lowest > 0 && !input;
    this.lower = keeps
      ? new LowerBlocks(inMemoryGroup(context, 'cache'), decoder, pass, { bytes: cacheBytes, trained: layout.trained })
      : null;
  }

  /** Registers an arm's start values. */
  register(arm: Arm, initial: Float32Array): void {
    this.lower?.register(arm, initial);
  }

  /** Uploads which rows the pass runs on. */
  load(packed: PackedHistories): void {
    this.decoder.load(this.pass, packed);
    this.enter(packed, null);
  }

  /** As `load`, for a step: examples packed with those options are not recomputed if they are kept. */
  loadStep(arm: Arm, examples: readonly EncodedExample[], packed: PackedHistories, options: PackOptions): void {
    this.decoder.load(this.pass, packed);
    this.enter(packed, this.lower?.load(arm, examples, packed, options) ?? null);
  }

  /** Input rows other than vocabulary rows. */
  inputs(parameters: FlatViews): InputRows {
    return { dense: this.itemTokens.dense, learned: parameters.slot(this.layout.learned) };
  }

  /**
   * From the loaded rows to `pass.hidden`; with `wanted`, those rows alone. `afterBlock` is as in
   * `Decoder.forward`. Both need `load` before them, since a step may skip blocks. Without `blocks` LoRA is
   * left out, which needs `load` as well, and so does `edited`.
   */
  forward(
    { parameters, blocks }: { readonly parameters: FlatViews; readonly blocks: LoraBlocks | null },
    {
      afterBlock,
      wanted,
      edited,
    }: {
      readonly afterBlock?: (block: BlockActivations, layer: number) => void;
      readonly wanted?: WantedRows;
      readonly edited?: EditedKeys | undefined;
    } = {},
  ): void {
    const { context, decoder, itemTokens, pass, lower, missing } = this;
    const { recorder } = context;
    const { rows } = this.loaded;
    const inputs = this.inputs(parameters);
    const arm = blocks === null ? null : { parameters, blocks };
    recorder.scope('item tokens', () => {
      itemTokens.forward(missing?.packed ?? this.loaded, parameters);
    });
    if (lower === null || missing === null || arm === null) {
      decoder.forward({ pass, rows, arm, wanted, edited }, inputs, afterBlock);
      return;
    }
    recorder.scope('decoder forward', () => {
      lower.forward(missing, rows, inputs, arm);
      decoder.upperForward({ pass, rows, arm }, pass.reach.lowest);
    });
  }

  /**
   * Gradient of `pass.hidden` → gradients (added) of LoRA and, if in reach, of item tokens and trainable
   * vectors. `afterAttention` as in `Decoder.backward`.
   */
  backward(
    dHidden: Tensor,
    scratch: BackwardScratch,
    views: ArmViews,
    gradients: FlatViews,
    afterAttention?: (layer: AttendedLayer) => void,
  ): void {
    const { context, decoder, itemTokens, pass } = this;
    decoder.backward({ pass, rows: this.loaded.rows, arm: views }, dHidden, scratch, gradients, afterAttention);
    if (!pass.reach.input) return;
    context.recorder.scope('item tokens backward', () => {
      itemTokens.backward(this.loaded, scratch.residual, gradients);
    });
  }

  /** Item tokens are computed only for rows that pass through the lower blocks. */
  private enter(packed: PackedHistories, missing: Missing | null): void {
    this.itemTokens.load(missing?.packed ?? packed);
    this.packed = packed;
    this.missing = missing;
  }

  private get loaded(): PackedHistories {
    if (this.packed === null) throw new Error('no histories are loaded');
    return this.packed;
  }
}
