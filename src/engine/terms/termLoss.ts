/** A term on the GPU: what it uploads and computes in a step, and all of them by name. */
import type { Tensor } from '../../gpu/tensor';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import type { TermId } from '../../recipe/terms';
import type { Arm } from '../arm';
import type { Context } from '../context';
import type { FlatViews } from '../adapter';
import type { Activations, BackwardScratch } from '../decoder/activations';
import type { ArmViews } from '../decoder/decoder';
import type { ItemSizes } from '../decoder/itemEmbeddings';
import type { MicroBatch } from '../decoder/microBatch';
import type { InterestHead } from '../losses/interestHead';
import type { TextLoss } from '../losses/textLoss';
import type { ParameterLayout } from '../parameters';
import { generation } from './gen/loss';
import { imageReconstructed } from './img/loss';
import { itemReconstructed } from './item/loss';
import { reconstructed } from './rec/loss';
import type { Reconstruction } from './rec/reconstruction';

/** Inputs of a term; its memory is counted under the losses. */
export interface TermParts {
  readonly context: Context;
  readonly layout: ParameterLayout;
  readonly objective: RunSpec['objective'];
  /** Frozen features of the catalogue: [items, features]. */
  readonly features: Tensor;
  /** `texts`: maximum number per pass, also of pictures; `historyItems`: maximum number of items in its histories. */
  readonly sizes: ItemSizes & { readonly hidden: number; readonly texts: number; readonly historyItems: number };
  /** Size of an item's visual features v; 0 if no arm has L_img. */
  readonly imageSize: number;
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
  /** The pass over histories, with its hidden states; `head.h` the interest embeddings, `head.dh` their gradient. */
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
type Stage = 'interest' | 'history';

export interface TermLoss {
  /** Its name in profiles. */
  readonly scope: string;
  /**
   * When it is added. `interest`: after L_act, with gradients into `head.dh` or parameters, `scratch` free to use; `history`: after the
   * interest embeddings' own backward pass, with gradients into `scratch.hidden`, that of the pass's hidden states. A function if it depends on the
   * arm.
   */
  readonly into: Stage | ((arm: ArmSpec) => Stage);
  /** Uploads what it reads of a micro-batch, before any of its commands are recorded. Submit before overwriting these uploads. */
  readonly load: (part: MicroBatch, arm: ArmSpec) => void;
  /** Adds the loss to report[slot] and weight·∂loss to gradients. */
  readonly add: (step: TermStep) => void;
}

/** Every term allocates its memory, whichever arms have it, since arms share an engine. Only L_img allocates none if no arm has it. */
export function createTerms(parts: TermParts): Readonly<Record<TermId, TermLoss>> {
  return { gen: generation(parts), rec: reconstructed(parts), item: itemReconstructed(parts), img: imageReconstructed(parts) };
}
