/** A log prepared for the engine: split, tokenised texts and titles, encoded examples. */
import { describedItems } from '../../log/describedItems';
import { driftItems } from '../../log/driftItems';
import { imageDraws } from '../../log/imageDraws';
import { permutedItems } from '../../log/permuted';
import { replayedTexts } from '../../log/replayedTexts';
import { restrictTraining } from '../../log/restrictTraining';
import { createBatchSampler, exampleForTarget, spreadOver, type TrainingExample } from '../../log/sampling';
import { historyItems, type InteractionLog, type Split, type Target } from '../../log/types';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { addsRows, describesItems } from '../../engine/objective/terms';
import { trainingCounts } from '../../measures/ranking/listMetrics';
import { replayTextsOf } from '../../model/domainTexts/domainTexts';
import type { LoadedModel } from '../../model/loadedModel';
import { t } from '../../words/words';
import { leavesOut, MOST_TEXTS, shufflesPictures, shufflesText, type ArmSpec, type RunSpec } from '../../recipe/runSpec';
import { imageTable, type ImageTable } from './imageTable';
import type { SliceOptions } from './slices';
import { QueryTokens, tokeniseItems, type TokenizedItems } from './tokens';

/** Maximum number of exposed items of one event that L_exp reads; the rest of a longer list is left out. */
const MAX_EXPOSED = 32;

/** The largest number of exposed items used of any event. */
export function mostExposed({ events }: InteractionLog): number {
  const { exposedStart } = events.columns;
  let most = 0;
  for (let event = 0; event < events.length; event++) most = Math.max(most, exposedStart[event + 1]! - exposedStart[event]!);
  return Math.min(MAX_EXPOSED, most);
}

/** The largest number of events of any user beyond those of a history; 0 if nothing reads them. */
export function maxEarlier({ events, users }: Pick<InteractionLog, 'events' | 'users'>, objective: RunSpec['objective']): number {
  if (!readsWhole(objective)) return 0;
  let most = 0;
  for (let user = 0; user < users.length; user++) most = Math.max(most, events.items(user).length);
  return Math.max(0, most - objective.maxHistory);
}

/** Whether anything reads items of a history that do not enter the LLM. */
function readsWhole(objective: RunSpec['objective']): boolean {
  const { interestSkip, skipItems } = objective;
  return leavesOut(objective) || (interestSkip !== 'none' && skipItems === 0);
}

export interface PreparedData extends TokenizedItems {
  readonly log: InteractionLog;
  /** Split restricted to what the recipe trains on. */
  readonly split: Split;
  readonly maxQueryTokens: number;
  readonly maxExposed: number;
  /** Maximum number of items before those of a history that something reads; 0 if nothing does. */
  readonly maxEarlier: number;
  /** Users that can be trained on. */
  readonly users: number;
  /** Items' v and its size; absent if no arm has L_img. */
  readonly images?: ImageTable;
  readonly imageSize?: number;
  /**
   * The batch of a step for an arm; arms differ only in whose text y is, in what is to be predicted, and in
   * whether examples describe an item.
   */
  batch(step: number, arm: ArmSpec): EncodedExample[];
  /** The example that predicts a target from all events before it. */
  exampleFor(target: Target): EncodedExample;
  /**
   * The example for a history from outside the log, with as many of its newest items as fit; it predicts item
   * 0, and has no text.
   */
  exampleOf(history: readonly number[], query: string): EncodedExample;
  /** Items of the user's events before the target. */
  historyOf(target: Target): number[];
  /** Training events of each item. */
  counts(): Float64Array;
}

/**
 * The batch with the texts of a share of its examples, at least one; the others' are empty. From 1 on all
 * have theirs. They are spread evenly over the batch, whose order is drawn, so all users are equally likely,
 * and micro-batches get equal numbers.
 */
function withTexts(batch: readonly EncodedExample[], share: number): EncodedExample[] {
  const carried = spreadOver(batch.length, Math.max(1, Math.round(share * batch.length)));
  return batch.map((example, place) => (carried[place]! > 0 ? example : { ...example, text: [] }));
}

/**
 * Tokens of the texts that L_replay draws from, ending with EOS.
 * @throws RangeError if an arm has that loss and there are none
 */
function replayTokens(spec: RunSpec, { config, tokenizer }: Pick<LoadedModel, 'config' | 'tokenizer'>): number[][] {
  if (!spec.arms.some((arm) => addsRows(arm, 'replayed'))) return [];
  const texts = replayTextsOf(spec);
  if (texts.length === 0)
    throw new RangeError(
      t(
        'L_replay needs more than {n} texts of the model’s domain, since the first ones are measured. Add some, or set λ_replay to 0.',
        {
          n: String(MOST_TEXTS),
        },
      ),
    );
  return texts.map((text) => [...tokenizer.encode(text).slice(0, spec.objective.maxTextTokens - 1), config.eosId]);
}

/**
 * The batch with the items that its predictions are to name permuted among them: those of all positions, or
 * those of [EMB] alone.
 */
function withRandomTargets(
  batch: readonly EncodedExample[],
  { seed, objective }: Pick<RunSpec, 'seed' | 'objective'>,
  step: number,
): EncodedExample[] {
  const wanted = ({ history, target, predicted }: EncodedExample): readonly (number | null)[] =>
    predicted ?? [...history.slice(1), target];
  /** Whether a position predicts. */
  const predicts = (item: number | null, k: number, { length }: readonly unknown[]): item is number =>
    item !== null && (objective.positions !== 'last' || k === length - 1);
  const items = permutedItems(
    seed,
    step,
    batch.flatMap((example) => wanted(example).filter(predicts)),
  );
  let next = 0;
  return batch.map((example) => ({
    ...example,
    predicted: wanted(example).map((item, k, all) => (predicts(item, k, all) ? items[next++]! : item)),
  }));
}

/**
 * @param whole the log's split @throws RangeError when the log has no user to train on, or no categories to
 * hold out; the signal's reason when aborted.
 */
export async function prepareData(
  log: InteractionLog,
  whole: Split,
  model: Pick<LoadedModel, 'config' | 'tokenizer'>,
  spec: RunSpec,
  options: SliceOptions = {},
): Promise<PreparedData> {
  const { objective, training, seed } = spec;
  const { batchSize, crop, textShare } = training;
  const split = restrictTraining(log, whole, spec.data);
  const { maxHistory } = objective;
  const baskets = objective.positions === 'baskets';
  const shown = objective.lambdaExp > 0 && objective.positions !== 'last';
  const sampler = createBatchSampler(log, split, { seed, batchSize, maxHistory, crop, baskets, shown, texts: textShare });
  const items = await tokeniseItems(log.items, model, spec, options);
  const queries = new QueryTokens(model.tokenizer, spec);
  const readsEarlier = readsWhole(objective);
  const encode = (example: TrainingExample): EncodedExample => ({
    history: example.history,
    ...(readsEarlier && example.earlier.length > 0 && { earlier: example.earlier }),
    target: example.target,
    query: queries.of(example.query),
    text: items.texts.at(example.textItem)!,
    exposed: example.exposed.slice(0, MAX_EXPOSED),
    ...(example.historyExposed && { historyExposed: example.historyExposed.map((items) => items.slice(0, MAX_EXPOSED)) }),
    ...(example.further && { further: example.further.map(encode) }),
    ...(example.predicted && { predicted: example.predicted }),
  });
  const maxQueryTokens = queries.longest(log);
  const drift = driftItems(split.cold, seed);
  const describable = { seed, items: log.items.length, leftOut: new Set(drift.cold ? drift.items : []) };
  const images = imageTable(log, spec);
  const replay = replayTokens(spec, model);
  const withImages = (batch: readonly EncodedExample[], at: number, arm: ArmSpec, table: ImageTable): EncodedExample[] => {
    const { pictured, size } = table;
    const targets = batch.map(({ target }) => target);
    const draws = imageDraws({ seed, pictured, size }, at, targets, shufflesPictures(arm));
    return batch.map((example, place) => {
      const { item, time, noise } = draws[place]!;
      return item === null ? example : { ...example, image: { v: table.of(item), time, noise } };
    });
  };
  return {
    ...items,
    ...(images === null ? {} : { imageSize: images.size, images }),
    log,
    split,
    maxQueryTokens,
    maxExposed: mostExposed(log),
    maxEarlier: maxEarlier(log, objective),
    users: sampler.users,
    batch: (step, arm) => {
      const own = withTexts(sampler.sampleBatch(step, shufflesText(arm)).map(encode), textShare);
      const drawn = arm.shuffle === 'target' ? withRandomTargets(own, spec, step) : own;
      const batch = images === null || !addsRows(arm, 'images') ? drawn : withImages(drawn, step, arm, images);
      const texts = addsRows(arm, 'replayed') ? replayedTexts(seed, step, batch.length, replay.length) : null;
      const rehearsing = texts === null ? batch : batch.map((example, at) => ({ ...example, replayed: replay[texts[at]!]! }));
      if (!describesItems(arm)) return rehearsing;
      const described = describedItems(describable, step, batch.length, shufflesText(arm));
      return rehearsing.map((example, place) => {
        const { item, textItem } = described[place]!;
        return { ...example, described: { item, text: items.texts.at(textItem)! } };
      });
    },
    exampleFor: (target) => encode(exampleForTarget(log, target, maxHistory)),
    exampleOf: (history, query) => ({
      history: history.slice(-maxHistory),
      ...(readsEarlier && history.length > maxHistory && { earlier: history.slice(0, -maxHistory) }),
      target: 0,
      query: queries.of(query).slice(0, maxQueryTokens),
      text: [],
      exposed: [],
    }),
    historyOf: (target) => historyItems(log, target),
    counts: () => trainingCounts({ log, split }),
  };
}
