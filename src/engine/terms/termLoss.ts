/** A term on the GPU: what it finds there, what it uploads, and what it computes in a step. */
import type { Tensor } from '../../gpu/tensor';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import type { Arm } from '../arm';
import type { Context } from '../context';
import type { FlatViews } from '../adapter';
import type { Activations, BackwardScratch } from '../decoder/activations';
import type { ArmViews, AttendedLayer, Decoder } from '../decoder/decoder';
import type { ItemSizes } from '../decoder/itemEmbeddings';
import type { MicroBatch } from '../decoder/microBatch';
import type { InterestHead } from '../losses/interestHead';
import type { TextLoss } from '../losses/textLoss';
import type { ParameterLayout } from '../parameters';
import type { Reconstruction } from './rec/reconstruction';

/** Inputs of a term; its memory is counted under the losses. */
export interface TermParts {
  readonly context: Context;
  readonly layout: ParameterLayout;
  readonly objective: RunSpec['objective'];
  /** Frozen features of the catalogue: [items, features]. */
  readonly features: Tensor;
  /**
   * `texts`: maximum number per pass, also of pictures; `historyItems`, `rows`: maximum number of items in
   * its histories, and of its rows.
   */
  readonly sizes: ItemSizes & {
    readonly hidden: number;
    readonly texts: number;
    readonly historyItems: number;
    readonly rows: number;
  };
  /** Size of an item's visual features v; 0 if no arm has L_img. */
  readonly imageSize: number;
  readonly decoder: Decoder;
  /** The arms of the experiment: terms that few have allocate nothing if none of them does. */
  readonly arms: readonly ArmSpec[];
  readonly lora: RunSpec['lora'];
  readonly textLoss: TextLoss;
  readonly reconstruction: Reconstruction;
}

/** One micro-batch of a step, as a term receives it. */
export interface TermStep {
  readonly part: MicroBatch;
  /** Its share of the step's examples: the factor of a loss that is not a mean over them. */
  readonly share: number;
  readonly arm: Arm;
  readonly views: ArmViews;
  /**
   * The pass over histories, with its hidden states; `head.h` the interest embeddings, `head.dh` their
   * gradient.
   */
  readonly pass: Activations;
  readonly head: InterestHead;
  readonly gradients: FlatViews;
  readonly scratch: BackwardScratch & { readonly hidden: Tensor };
  readonly report: Tensor;
  readonly slot: number;
  /** λ of the arm. */
  readonly weight: number;
}

/** When in a step a loss is added. */
type Stage = 'interest' | 'history' | 'attention';

export interface TermLoss {
  /** Its name in profiles. */
  readonly scope: string;
  /**
   * When the loss is added; a function if that depends on the arm.
   * `interest`: after L_act, with gradients into `head.dh` or parameters; `scratch` is free. `history`: after
   * the backward pass of the interest embeddings, with gradients into `scratch.hidden`, that of the pass's
   * hidden states. `attention`: layer by layer from the last, after the backward pass of attention, with
   * gradients into `scratch.qkv`, that of q, k and v as attention reads them.
   */
  readonly into: Stage | ((arm: ArmSpec) => Stage);
  /**
   * Uploads what it reads of a micro-batch, before any of its commands are recorded. Submit before
   * overwriting these uploads.
   */
  readonly load: (part: MicroBatch, arm: ArmSpec) => void;
  /**
   * Adds the loss to report[slot] and weight·∂loss to gradients.
   * @param attended the layer, at the stage `attention`, else null
   */
  readonly add: (step: TermStep, attended: AttendedLayer | null) => void;
}
