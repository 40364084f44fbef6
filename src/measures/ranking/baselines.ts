/**
 * Baselines without training: popularity, item neighbours, last item, zero-shot. They rank the whole catalogue for each target and list
 * its best items, so that `rankingBySplit` treats them like an arm. Definitions: docs/metrics.md.
 */
import { turn } from '../../log/turn';
import { historyEnd, historyItems, type InteractionLog, type Split, type Target } from '../../log/types';
import { bestItems } from './bestItems';
import { addHistory, scoreBlock, unitRows, ZERO_SHOT_ITEMS } from './featureScores';
import { rankInPool, type CandidatePools } from './candidatePools';
import type { ScoredRequest } from './gauc';
import { USUAL_SETTINGS, type BaselineSettings } from './baselineSettings';
import { ItemNeighbours } from './itemNeighbours';
import { recentCounts } from './listMetrics';
import { averageRank } from './ranking';

export type BaselineId = 'popularity' | 'itemKnn' | 'lastItem' | 'zeroShot';
export const BASELINE_IDS: readonly BaselineId[] = ['popularity', 'itemKnn', 'lastItem', 'zeroShot'];

export interface BaselineInput {
  readonly log: InteractionLog;
  readonly split: Split;
  /** What to predict: `split.test`, `split.validation` or any subset. */
  readonly targets: readonly Target[];
  /** [items, hidden] `hidden` features, standardised over the catalogue. */
  readonly features: Float32Array;
  readonly hidden: number;
  /** Candidate pools, if targets are also ranked in them. */
  readonly pools?: Pick<CandidatePools, 'of'> | null;
}

export interface BaselineOptions {
  /** Leave every item of the target's history out of the ranking, except the target. */
  readonly maskHistory: boolean;
  /** Number of newest events that a baseline may use; the mask still covers the whole history. */
  readonly maxHistory: number;
  /** Length of the lists of best items. */
  readonly listed: number;
  /** The usual ones if left out. */
  readonly settings?: BaselineSettings;
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
 * Ranks and lists of one baseline.
 * `popularity`: training events of the item, of all or of the newest. `itemKnn`: sum of its similarities to the history's items. `lastItem`: cosine with the features of the last history item.
 * `zeroShot`: cosine with the mean of the features of the last 5 history items. An empty history or zero features score 0.
 */
export function rankBaseline(id: BaselineId, input: BaselineInput, options: BaselineOptions): TargetRanking {
  const work = rankBlocks(id, input, options);
  for (;;) {
    const block = work.next();
    if (block.done) return block.value;
  }
}

/**
 * All baselines, yielding to the event loop after the first block of 64 targets that ends past `sliceMs`.
 * @param onProgress called with targets ranked so far and in all (baselines × targets)
 */
export async function rankBaselines(
  input: BaselineInput,
  options: BaselineOptions,
  onProgress: (done: number, total: number) => void = () => undefined,
  sliceMs = SLICE_MS,
): Promise<Record<BaselineId, TargetRanking>> {
  const total = BASELINE_IDS.length * input.targets.length;
  const rankings: Partial<Record<BaselineId, TargetRanking>> = {};
  let before = 0;
  const tables: Tables = {};
  for (const id of BASELINE_IDS) {
    const onBlock = (done: number): void => {
      onProgress(before + done, total);
    };
    rankings[id] = await inTurns(rankBlocks(id, input, options, tables), onBlock, sliceMs);
    before += input.targets.length;
    onProgress(before, total);
  }
  return rankings as Record<BaselineId, TargetRanking>;
}

/** One baseline, as `rankBaselines` ranks. */
export function rankBaselineInTurns(id: BaselineId, input: BaselineInput, options: BaselineOptions): Promise<TargetRanking> {
  return inTurns(rankBlocks(id, input, options), () => undefined, SLICE_MS);
}

const SLICE_MS = 30;

async function inTurns(
  work: Generator<number, TargetRanking, void>,
  onBlock: (done: number) => void,
  sliceMs: number,
): Promise<TargetRanking> {
  let sliceStart = performance.now();
  for (;;) {
    const block = work.next();
    if (block.done) return block.value;
    if (performance.now() - sliceStart < sliceMs) continue;
    onBlock(block.value);
    await turn();
    sliceStart = performance.now();
  }
}

/** What the baselines of one catalogue can share, created when first needed because of its size. */
interface Tables {
  /** [64, items] */
  scores?: Float64Array;
  /** [items, hidden] features of length 1. */
  unit?: Float32Array;
}

/** Ranks block after block of users; yields the number of targets done. */
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
  const neighbours = id === 'itemKnn' ? new ItemNeighbours(log, input.split, settings.itemKnn) : undefined;
  const byFeatures = id === 'lastItem' || id === 'zeroShot';
  const unit = byFeatures ? (tables.unit ??= unitRows(features, items, hidden)) : new Float32Array(0);
  const queries = new Float64Array(USER_BLOCK * hidden);
  const scores = popularity ?? (tables.scores ??= new Float64Array(USER_BLOCK * items));
  const masked = new Int32Array(items).fill(-1);
  for (let start = 0; start < targets.length; start += USER_BLOCK) {
    const count = Math.min(USER_BLOCK, targets.length - start);
    if (neighbours !== undefined) {
      scores.fill(0);
      for (let u = 0; u < count; u++) {
        const history = historyItems(log, targets[start + u]!).slice(-options.maxHistory);
        for (const [item, score] of neighbours.scores(history)) scores[u * items + item] = score;
      }
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
    yield start + count;
  }
  return { ranks, top, poolRanks, requests };
}

/** Average rank of `target` among the items that are not masked. A comparison with NaN counts against the target. */
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
