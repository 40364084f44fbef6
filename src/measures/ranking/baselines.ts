/**
 * Baselines without gradient descent: popularity, item neighbours, EASE, TF-IDF, category, last item,
 * zero-shot. They rank the whole catalogue for each target and list its best items, so that `rankingBySplit`
 * treats them like an arm. Definitions: docs/metrics.md.
 */
import { inTurns } from '../../log/turn';
import { historyEnd, historyItems, type InteractionLog, type Split, type Target } from '../../log/types';
import { bestItems } from './bestItems';
import { addHistory, scoreBlock, unitRows, ZERO_SHOT_ITEMS } from './featureScores';
import { rankInPool, type CandidatePools } from './candidatePools';
import type { ScoredRequest } from './gauc';
import { USUAL_SETTINGS, type BaselineSettings } from './baselineSettings';
import { ContentScores } from './contentScores';
import { Ease, easeLeftOut } from './ease';
import { ItemNeighbours } from './itemNeighbours';
import { recentCounts } from './listMetrics';
import { averageRank } from './ranking';
import { StartScores, type StartSettings } from './startScores';

/**
 * EASE is left out where its matrix is too large, the category where items have none, the start where heads
 * are fitted or drawn.
 */
const SOMETIMES = ['ease', 'category', 'start'] as const;
export const BASELINE_IDS = ['popularity', 'itemKnn', 'lastItem', 'zeroShot', 'tfidf', ...SOMETIMES] as const;
export type BaselineId = (typeof BASELINE_IDS)[number];
type SometimesRanked = (typeof SOMETIMES)[number];

export type BaselineRankings = Readonly<Record<Exclude<BaselineId, SometimesRanked>, TargetRanking>> &
  Readonly<Partial<Record<SometimesRanked, TargetRanking>>>;

/** The baselines that a log has. @param tuned whether they are tuned */
export function rankedBaselines(input: Pick<BaselineInput, 'log' | 'split' | 'start'>, tuned: boolean): readonly BaselineId[] {
  return BASELINE_IDS.filter(
    (id) =>
      (id !== 'start' || input.start !== undefined) &&
      (id !== 'ease' || easeLeftOut(input, tuned) === null) &&
      (id !== 'category' || Array.from(input.log.items).some(({ category }) => category.trim() !== '')),
  );
}

export interface BaselineInput {
  readonly log: InteractionLog;
  readonly split: Split;
  /** What to predict: `split.test`, `split.validation` or any subset. */
  readonly targets: readonly Target[];
  /** [items, hidden] `hidden` features, standardised over the catalogue. */
  readonly features: Float32Array;
  readonly hidden: number;
  /** Of the items' texts, `spec.data.itemTemplate`. */
  readonly itemTemplate: string;
  /** Of the ranking from which arms start, if it needs no LLM. */
  readonly start?: StartSettings | undefined;
  /** Candidate pools, if targets are also ranked in them. */
  readonly pools?: Pick<CandidatePools, 'of'> | null;
}

export interface BaselineOptions {
  /** Leave every item of the target's history out of the ranking, except the target. */
  readonly maskHistory: boolean;
  /**
   * Number of newest events that item-kNN and baselines of features may use; the others use all, as does the
   * mask.
   */
  readonly maxHistory: number;
  /** Length of the lists of best items. */
  readonly listed: number;
  /** The usual ones if left out. */
  readonly settings?: BaselineSettings;
  /** Whether baselines are tuned: larger matrices of EASE are then inverted, too. */
  readonly tuned?: boolean;
}

/** Results by target. */
export interface TargetRanking {
  /** Average rank of every target's item in the catalogue. */
  readonly ranks: Float64Array;
  /** [targets, listed], in the form of `bestItems`. */
  readonly top: Uint32Array;
  /** Average rank in its pool; empty without pools. */
  readonly poolRanks: Float64Array;
  /** Scores of the clicked item and of those shown with it. */
  readonly requests: readonly ScoredRequest[];
}

const USER_BLOCK = 64;

/**
 * Ranks and lists of one baseline, by its score of an item.
 * - `popularity`: the item's training events, all of them or the newest.
 * - `itemKnn`: the sum of its similarities to the history's items.
 * - `lastItem`: the cosine with the features of the last history item.
 * - `zeroShot`: the cosine with the mean features of the last 5 history items.
 * - `tfidf`, `category`: the sum of the cosines of words, or of category levels, with all items of the
 *   history.
 * - `start`: what arms rank by before their first step.
 * - `ease`: the sum of the weights from all distinct items of the history.
 * An empty history or zero features score 0.
 */
export function rankBaseline(id: BaselineId, input: BaselineInput, options: BaselineOptions): TargetRanking {
  const work = rankBlocks(id, input, options);
  for (;;) {
    const block = work.next();
    if (block.done) return block.value;
  }
}

/**
 * All baselines that the log has, yielding to the event loop after the first block of 64 targets that ends
 * past `sliceMs`.
 * @param onProgress called with targets ranked so far and in all (baselines × targets); EASE's matrix counts
 * as most of its targets
 */
export async function rankBaselines(
  input: BaselineInput,
  options: BaselineOptions,
  onProgress: (done: number, total: number) => void = () => undefined,
  sliceMs = SLICE_MS,
): Promise<BaselineRankings> {
  const ids = rankedBaselines(input, options.tuned ?? false);
  const each = input.targets.length;
  const total = ids.length * each;
  const rankings: Partial<Record<BaselineId, TargetRanking>> = {};
  const tables: Tables = {};
  for (const [before, id] of ids.entries()) {
    const onBlock = (share: number): void => {
      onProgress(Math.floor((before + share) * each), total);
    };
    rankings[id] = await inTurns(rankBlocks(id, input, options, tables), { onProgress: onBlock, sliceMs });
    onProgress((before + 1) * each, total);
  }
  return rankings as BaselineRankings;
}

/** One baseline, as `rankBaselines` ranks. @param onProgress called with the share that is done */
export function rankBaselineInTurns(
  id: BaselineId,
  input: BaselineInput,
  options: BaselineOptions,
  onProgress: (share: number) => void = () => undefined,
): Promise<TargetRanking> {
  return inTurns(rankBlocks(id, input, options), { onProgress, sliceMs: SLICE_MS });
}

const SLICE_MS = 30;

/** What the baselines of one catalogue can share, created when first needed because of its size. */
interface Tables {
  /** [64, items] */
  scores?: Float64Array;
  /** [items, hidden] features of length 1. */
  unit?: Float32Array;
}

/** EASE's matrix as a share of its work. */
const FIT_SHARE = 0.9;

/** Scores of all items, for a history, written from a place on, or for many at once, [histories, items]. */
type Scorer =
  | { score(history: readonly number[], scores: Float64Array, at: number): void }
  | { scoreAll(histories: readonly (readonly number[])[], scores: Float64Array): void };

/**
 * How these baselines score a whole history; null for the others. Yields the share of the work that is done.
 */
function* scorerOf(
  id: BaselineId,
  { log, split, itemTemplate, features, hidden, start }: BaselineInput,
  { itemKnn, ease }: BaselineSettings,
  maxHistory: number,
): Generator<number, Scorer | null, void> {
  if (id === 'tfidf') return ContentScores.ofTexts(log, itemTemplate);
  if (id === 'category') return ContentScores.ofCategories(log);
  if (id === 'start' && start !== undefined) return new StartScores(features, log.items.length, hidden, start);
  if (id === 'ease') {
    const fitting = Ease.fit(log, split, ease);
    for (;;) {
      const step = fitting.next();
      if (step.done) return step.value;
      yield FIT_SHARE * step.value;
    }
  }
  if (id !== 'itemKnn') return null;
  const neighbours = new ItemNeighbours(log, split, itemKnn);
  return {
    score: (history, scores, at) => {
      scores.fill(0, at, at + log.items.length);
      for (const [item, score] of neighbours.scores(history.slice(-maxHistory))) scores[at + item] = score;
    },
  };
}

/** Ranks block after block of users; yields the share that is done. */
function* rankBlocks(
  id: BaselineId,
  input: BaselineInput,
  options: BaselineOptions,
  tables: Tables = {},
): Generator<number, TargetRanking, void> {
  const { log, targets, features, hidden } = input;
  const items = log.items.length;
  if (features.length !== items * hidden) {
    throw new RangeError(`features hold ${features.length} numbers, expected ${items} items × ${hidden}`);
  }
  const ranks = new Float64Array(targets.length);
  const top = new Uint32Array(targets.length * options.listed);
  const poolRanks = new Float64Array(!input.pools ? 0 : targets.length);
  const requests: ScoredRequest[] = [];
  const settings = options.settings ?? USUAL_SETTINGS;
  const popularity = id === 'popularity' ? recentCounts(input, settings.popularity.share) : undefined;
  const scorer = yield* scorerOf(id, input, settings, options.maxHistory);
  const prepared = id === 'ease' ? FIT_SHARE : 0;
  const byFeatures = id === 'lastItem' || id === 'zeroShot';
  const unit = byFeatures ? (tables.unit ??= unitRows(features, items, hidden)) : new Float32Array(0);
  const queries = new Float64Array(USER_BLOCK * hidden);
  const scores = popularity ?? (tables.scores ??= new Float64Array(USER_BLOCK * items));
  const masked = new Int32Array(items).fill(-1);
  for (let start = 0; start < targets.length; start += USER_BLOCK) {
    const count = Math.min(USER_BLOCK, targets.length - start);
    if (scorer !== null) {
      const histories = targets.slice(start, start + count).map((target) => historyItems(log, target));
      if ('scoreAll' in scorer) scorer.scoreAll(histories, scores);
      else for (let u = 0; u < count; u++) scorer.score(histories[u]!, scores, u * items);
    } else if (popularity === undefined) {
      const window = Math.min(options.maxHistory, id === 'lastItem' ? 1 : ZERO_SHOT_ITEMS);
      queries.fill(0);
      for (let u = 0; u < count; u++) addHistory(queries, u * hidden, input, historyItems(log, targets[start + u]!), window);
      scoreBlock(scores, queries, unit, count, items, hidden);
    }
    for (let u = 0; u < count; u++) {
      const target = targets[start + u]!;
      const item = log.events.item(target.user, target.position);
      const stamp = start + u;
      if (options.maskHistory) {
        for (const earlier of log.events.items(target.user, historyEnd(log, target))) masked[earlier] = stamp;
      }
      masked[item] = -1;
      const at = popularity === undefined ? u * items : 0;
      ranks[stamp] = rankAmong(scores, at, items, item, masked, stamp);
      const list = top.subarray(stamp * options.listed, (stamp + 1) * options.listed);
      bestItems(items, (other) => (masked[other] === stamp ? null : scores[at + other]!), list);
      const scoreOf = (other: number): number => scores[at + other]!;
      if (input.pools) poolRanks[stamp] = rankInPool(input.pools.of(target), item, scoreOf);
      requests.push({ clicked: scoreOf(item), shown: Array.from(log.events.exposed(target.user, target.position), scoreOf) });
    }
    yield prepared + ((1 - prepared) * (start + count)) / targets.length;
  }
  return { ranks, top, poolRanks, requests };
}

/**
 * Average rank of `target` among the items that are not masked. A comparison with NaN counts against the
 * target.
 */
function rankAmong(scores: Float64Array, at: number, items: number, target: number, masked: Int32Array, stamp: number): number {
  const score = scores[at + target]!;
  let greater = 0;
  let equal = 0;
  for (let i = 0; i < items; i++) {
    if (i === target || masked[i] === stamp) continue;
    const other = scores[at + i]!;
    if (other === score) equal++;
    else if (!(other < score)) greater++;
  }
  return averageRank(greater, equal);
}
