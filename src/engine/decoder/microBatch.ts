/**
 * A step's batch cut into micro-batches, each as large as one pass can hold (gradient accumulation). Weights and candidates are those
 * of the whole step, so the micro-batches' losses and gradients add up to the step's, however it is cut.
 */
import type { ActionLoss } from '../../recipe/runSpec';
import {
  packHistories,
  packTexts,
  type EncodedExample,
  type PackedHistories,
  type PackedRows,
  type PackOptions,
} from './sequence';

/** Items that the predictions of a micro-batch are scored against. */
export interface Candidates {
  /** Null: the whole catalogue in its own order. */
  readonly items: Uint32Array | null;
  /** The first columns, which every prediction sees, and for each of the others the prediction that alone sees it. */
  readonly shared: number;
  readonly owner: Uint32Array;
  /** Column of each prediction's target. */
  readonly targetColumns: Uint32Array;
  /** Weight in the step's mean of a prediction's cross-entropy, or of each of its pairs (`pairwise`). */
  readonly weight: number;
}

export interface MicroBatch {
  readonly examples: readonly EncodedExample[];
  readonly packed: PackedHistories;
  /** The second pass's rows; null in arms without L_rec. */
  readonly texts: PackedRows | null;
  readonly candidates: Candidates;
}

export interface StepOptions {
  /** Most examples of a micro-batch. */
  readonly microBatch: number;
  readonly pack: Omit<PackOptions, 'examples'>;
  /** Pack the texts of the second pass (arms with L_rec). */
  readonly withReconstruction: boolean;
  readonly actionLoss: ActionLoss;
  readonly useExposures: boolean;
  /** Size of the catalogue. */
  readonly items: number;
}

/** Packs a step's batch in its own order, `microBatch` examples at a time. */
export function packStep(batch: readonly EncodedExample[], options: StepOptions): MicroBatch[] {
  const examples = batch.length;
  const parts: Omit<MicroBatch, 'candidates'>[] = [];
  for (let first = 0; first < examples; first += options.microBatch) {
    const part = batch.slice(first, first + options.microBatch);
    const packed = packHistories(part, { ...options.pack, examples });
    const texts = part.map(({ text }) => text);
    parts.push({ examples: part, packed, texts: options.withReconstruction ? packTexts(texts, { examples }) : null });
  }
  const candidates = options.actionLoss === 'full' ? catalogueCandidates(parts, options.items) : stepCandidates(parts, options);
  return parts.map((part, index) => ({ ...part, candidates: candidates[index]! }));
}

type Part = Pick<MicroBatch, 'examples' | 'packed'>;

/** The whole catalogue as candidates. */
function catalogueCandidates(parts: readonly Part[], items: number): Candidates[] {
  const predictions = parts.reduce((sum, { packed }) => sum + packed.predictionTargets.length, 0);
  return parts.map(({ packed }) => ({
    items: null,
    shared: items,
    owner: new Uint32Array(0),
    targetColumns: packed.predictionTargets,
    weight: 1 / predictions,
  }));
}

/**
 * Targets of the whole step, shared, then every example's own exposed items. Item embeddings do not pass through the decoder, so
 * a micro-batch can be scored against the targets of all.
 */
function stepCandidates(
  parts: readonly Part[],
  { actionLoss, useExposures }: Pick<StepOptions, 'actionLoss' | 'useExposures'>,
): Candidates[] {
  const columns = new Map<number, number>();
  let predictions = 0;
  for (const { packed } of parts) {
    predictions += packed.predictionTargets.length;
    for (const item of packed.predictionTargets) if (!columns.has(item)) columns.set(item, columns.size);
  }
  const shared = [...columns.keys()];
  let pairs = predictions * (shared.length - 1);
  const listed = parts.map(({ examples, packed }) => {
    const items = [...shared];
    const owner: number[] = [];
    examples.forEach((example, index) => {
      for (const item of new Set(useExposures ? example.exposed : [])) {
        if (columns.has(item)) continue;
        items.push(item);
        owner.push(packed.embPredictions[index] ?? 0);
        pairs += 1;
      }
    });
    const targetColumns = packed.predictionTargets.map((item) => columns.get(item) ?? 0);
    return { items: Uint32Array.from(items), shared: shared.length, owner: Uint32Array.from(owner), targetColumns };
  });
  const terms = actionLoss === 'pairwise' ? pairs : predictions;
  return listed.map((candidates) => ({ ...candidates, weight: terms === 0 ? 0 : 1 / terms }));
}
