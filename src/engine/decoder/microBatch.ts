/**
 * A step's batch split into micro-batches, each as large as one pass can hold (gradient accumulation).
 * Weights and candidates are those of the whole step, so the micro-batches' losses and gradients add up to
 * the step's, however it is split.
 */
import type { ActionLoss } from '../../recipe/runSpec';
import { weightedCandidates, type ExposureOptions } from '../losses/actionLoss';
import { ACTION_LOSSES } from '../losses/actionLosses';
import type { ImageDraw } from '../terms/img/noised';
import type { CandidateOptions, Candidates } from '../losses/candidates';
import {
  packHistories,
  packTexts,
  textsOf,
  type EncodedExample,
  type PackedHistories,
  type PackedRows,
  type PackOptions,
} from './sequence';

export interface MicroBatch {
  readonly examples: readonly EncodedExample[];
  readonly packed: PackedHistories;
  /** How they are packed. */
  readonly pack: PackOptions;
  /**
   * The indices of the examples that have a text, and the rows of a pass over those texts; null if there are
   * none, and in arms without a term that has such a pass (L_rec).
   */
  readonly texts: { readonly examples: readonly number[]; readonly packed: PackedRows } | null;
  /**
   * Items drawn from the catalogue with the rows of a pass over their texts; null in arms without a term that
   * has one (L_item).
   */
  readonly described: { readonly items: Uint32Array; readonly packed: PackedRows } | null;
  /**
   * The same items' texts, each after [BOS]; null in arms without a term that has a pass over them (L_kl).
   */
  readonly plain: PackedRows | null;
  /**
   * Texts of the model's domain, each after [BOS]; null in arms without a term that has a pass over them
   * (L_replay).
   */
  readonly replayed: PackedRows | null;
  /**
   * The indices of the examples whose target has a picture, and 1 / (such examples in the step); null in arms
   * without L_img.
   */
  readonly images: { readonly examples: readonly number[]; readonly draws: readonly ImageDraw[]; readonly share: number } | null;
  /** What its predictions are scored against; null for further texts, which L_act does not read. */
  readonly candidates: Candidates | null;
}

export interface StepOptions extends CandidateOptions, ExposureOptions {
  /** Maximum number of examples per micro-batch. */
  readonly microBatch: number;
  readonly pack: Omit<PackOptions, 'texts'>;
  /** Pack the texts for a pass of their own. */
  readonly withTexts: boolean;
  /** Likewise for the texts of the examples' described items. */
  readonly withDescribed: boolean;
  /** Likewise for the same texts without a soft token. */
  readonly withPlain: boolean;
  /** Pack the examples' texts of the model's domain. */
  readonly withReplayed: boolean;
  /** List the examples' pictures. */
  readonly withImages: boolean;
  readonly actionLoss: ActionLoss;
}

/**
 * Packs a step's batch in its own order, `microBatch` examples at a time, and then its further texts, if a
 * loss reads texts.
 */
export function packStep(batch: readonly EncodedExample[], options: StepOptions): MicroBatch[] {
  const examples = batch.length;
  const further = options.pack.withText || options.withTexts ? batch.flatMap((example) => example.further ?? []) : [];
  const texts = textsOf(batch).length + further.length;
  const pictures = batch.filter(({ image }) => image !== undefined).length;
  const parts: Omit<MicroBatch, 'candidates'>[] = [];
  for (let first = 0; first < examples; first += options.microBatch) {
    const part = batch.slice(first, first + options.microBatch);
    const packed = packHistories(part, { ...options.pack, texts });
    parts.push({
      ...{ examples: part, packed, pack: options.pack },
      texts: options.withTexts ? packTextsOf(part, texts) : null,
      described: options.withDescribed ? packDescribed(part, examples) : null,
      plain: options.withPlain
        ? packTexts(
            describedBy(part).map(({ text }) => text),
            { bosId: options.pack.bosId, ofAll: examples },
          )
        : null,
      replayed: options.withReplayed
        ? packTexts(
            part.map(({ replayed }) => replayed ?? []),
            { bosId: options.pack.bosId, ofAll: examples },
          )
        : null,
      images: options.withImages ? imagesOf(part, pictures) : null,
    });
  }
  const candidates = weightedCandidates(ACTION_LOSSES[options.actionLoss], parts, options);
  return [...parts.map((part, index) => ({ ...part, candidates: candidates[index]! })), ...packFurther(further, texts, options)];
}

/** Examples of which nothing but the text is read: only their [EMB] has an interest embedding. */
function packFurther(further: readonly EncodedExample[], texts: number, options: StepOptions): MicroBatch[] {
  const pack = { ...options.pack, positions: 'last', withTarget: false } as const;
  const none = { described: null, plain: null, replayed: null, images: null, candidates: null };
  const parts: MicroBatch[] = [];
  for (let first = 0; first < further.length; first += options.microBatch) {
    const examples = further.slice(first, first + options.microBatch);
    const packed = packHistories(examples, { ...pack, texts });
    parts.push({ ...none, examples, packed, pack, texts: options.withTexts ? packTextsOf(examples, texts) : null });
  }
  return parts;
}

function packTextsOf(part: readonly EncodedExample[], ofStep: number): MicroBatch['texts'] {
  const examples = textsOf(part);
  if (examples.length === 0) return null;
  return {
    examples,
    packed: packTexts(
      examples.map((place) => part[place]!.text),
      { ofAll: ofStep },
    ),
  };
}

function imagesOf(part: readonly EncodedExample[], ofStep: number): MicroBatch['images'] {
  const pictured = part.flatMap(({ image }, example) => (image === undefined ? [] : [{ image, example }]));
  return {
    examples: pictured.map(({ example }) => example),
    draws: pictured.map(({ image }) => image),
    share: 1 / Math.max(1, ofStep),
  };
}

/**
 * @throws Error if an example describes no item: the code that drew the batch for such an arm left it out.
 */
function describedBy(part: readonly EncodedExample[]): NonNullable<EncodedExample['described']>[] {
  return part.map(({ described }) => {
    if (described === undefined) throw new Error('an example describes no item');
    return described;
  });
}

function packDescribed(part: readonly EncodedExample[], examples: number): MicroBatch['described'] {
  const described = describedBy(part);
  const texts = described.map(({ text }) => text);
  return { items: Uint32Array.from(described, ({ item }) => item), packed: packTexts(texts, { ofAll: examples }) };
}
