/**
 * Candidate pools of the pre-ranking protocol: for each target, the set of items among which it is ranked.
 * The log's files bring them, or they are drawn once from (log, pool seed, target) alone, so that arms,
 * steps, baselines and seeds of an experiment share them. The record stores them. Composition:
 * docs/metrics.md.
 */
import { forkRandom } from '../../log/random';
import { givenCandidates, historyItems, type InteractionLog, type Split, type Target } from '../../log/types';
import { fromBase64, toBase64 } from '../../record/base64';
import type { Measured } from '../../record/runRecord';
import type { PoolSource } from '../../recipe/runSpec';
import { bestItems, listOfBest } from './bestItems';
import { ItemNeighbours } from './itemNeighbours';
import { trainingCounts } from './listMetrics';
import { averageRank, rankingBySplit, type RankingOptions, type SplitTargets } from './ranking';

export interface PoolOptions {
  /** Items per pool, including the target; given pools keep their own size. */
  readonly size: number;
  readonly from: PoolSource;
  readonly seed: number;
  /** Leave out every item of the target's history except the target; given pools are not changed. */
  readonly maskHistory: boolean;
  /** Number of newest events whose item neighbours are looked up. */
  readonly maxHistory: number;
}

export class CandidatePools {
  private readonly known = new Map<string, Uint32Array>();
  private readonly neighbours: ItemNeighbours | null;
  /** Items by training events, most first. */
  private readonly popular: Uint32Array;

  constructor(
    private readonly data: { readonly log: InteractionLog; readonly split: Split },
    private readonly options: PoolOptions,
  ) {
    const { log, split } = data;
    const retrieved = options.from === 'retrieved';
    this.neighbours = retrieved ? new ItemNeighbours(log, split) : null;
    this.popular = new Uint32Array(retrieved ? log.items.length : 0);
    const counts = trainingCounts(data);
    bestItems(this.popular.length, (item) => counts[item]!, this.popular);
  }

  /** Items of a target's pool, ascending. @throws RangeError for a target without a pool */
  of(target: Target): Uint32Array {
    const key = `${target.user}/${target.position}`;
    let pool = this.known.get(key);
    if (pool === undefined) {
      pool = this.draw(target);
      this.known.set(key, pool);
    }
    return pool;
  }

  /** Whether a target has a pool: only given ones may be missing. */
  has(target: Target): boolean {
    return this.options.from !== 'given' || givenCandidates(this.data.log, target) !== null;
  }

  private draw({ user, position }: Target): Uint32Array {
    const { log } = this.data;
    const { size, from, seed, maskHistory } = this.options;
    const target = log.events.item(user, position);
    if (from === 'given') {
      const given = givenCandidates(log, { user, position });
      if (given === null) throw new RangeError(`no candidate set for event ${position} of user ${user}`);
      return Uint32Array.from(new Set([target, ...given])).sort();
    }
    const history = historyItems(log, { user, position });
    const left = new Set(maskHistory ? history : []);
    left.add(target);
    const pool = new Set([target]);
    const add = (items: Iterable<number>, most: number): void => {
      for (const item of items) {
        if (pool.size >= most) return;
        if (!left.has(item)) pool.add(item);
      }
    };
    if (from === 'exposed') add(log.events.exposed(user, position), size);
    if (from === 'retrieved') {
      const share = Math.floor((size - 1) / 4);
      add(this.nearest(history, share + left.size), 1 + share);
      add(this.popular, pool.size + share);
    }
    this.fill(pool, left, forkRandom(seed, 'candidate pool', user, position));
    return Uint32Array.from(pool).sort();
  }

  /** Items with the largest sum of similarities to the history's, without those that have none. */
  private nearest(history: readonly number[], most: number): Iterable<number> {
    const sums = this.neighbours!.scores(history.slice(-this.options.maxHistory));
    const met = Uint32Array.from(sums.keys()).sort();
    return listOfBest(met.length, (index) => sums.get(met[index]!)!, most).map((index) => met[index]!);
  }

  /**
   * Uniform draws without replacement from the items that may still enter, until the pool is full or none is
   * left.
   */
  private fill(pool: Set<number>, left: ReadonlySet<number>, random: ReturnType<typeof forkRandom>): void {
    const items = this.data.log.items.length;
    const { size } = this.options;
    const free = (item: number): boolean => !pool.has(item) && !left.has(item);
    // Drawing at random finds a free item fast as long as most are free.
    if (size + left.size < items / 2) {
      while (pool.size < size) {
        const item = random.integer(items);
        if (free(item)) pool.add(item);
      }
      return;
    }
    const rest = Uint32Array.from({ length: items }, (_, item) => item).filter(free);
    for (const item of random.shuffle(rest)) {
      if (pool.size >= size) return;
      pool.add(item);
    }
  }
}

/** Average rank of the target in its pool. A comparison with NaN counts against the target. */
export function rankInPool(pool: Uint32Array, target: number, scoreOf: (item: number) => number): number {
  const score = scoreOf(target);
  let greater = 0;
  let equal = 0;
  for (const item of pool) {
    if (item === target) continue;
    const other = scoreOf(item);
    if (other === score) equal++;
    else if (!(other < score)) greater++;
  }
  return averageRank(greater, equal);
}

/** HR, NDCG and MRR of ranks in pools, for K below the smallest pool size. */
export function poolRanking(
  pools: readonly Uint32Array[],
  ranks: ArrayLike<number>,
  targets: SplitTargets,
  ks: readonly number[],
  options: RankingOptions,
): Pick<Measured, 'values' | 'intervals'> & { readonly size: number } {
  const size = pools.reduce((least, { length }) => Math.min(least, length), pools[0]?.length ?? 0);
  const possible = ks.filter((k) => k < size);
  const { values, intervals } = rankingBySplit(ranks, targets, possible, { ...options, pooled: true });
  return { size, values, intervals };
}

/**
 * Pools as text: for each its length and the gaps between its ascending items, as LEB128 numbers in base64.
 */
export function encodePools(pools: readonly Uint32Array[]): string {
  const bytes: number[] = [];
  const put = (value: number): void => {
    let rest = value;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  };
  for (const pool of pools) {
    put(pool.length);
    pool.forEach((item, index) => {
      put(index === 0 ? item : item - pool[index - 1]!);
    });
  }
  return toBase64(Uint8Array.from(bytes));
}

/** @throws RangeError if the text ends inside a pool */
export function decodePools(text: string): Uint32Array[] {
  const bytes = fromBase64(text);
  let at = 0;
  const take = (): number => {
    let [value, weight] = [0, 1];
    for (;;) {
      if (at === bytes.length) throw new RangeError('the pools end before their last number');
      const byte = bytes[at++]!;
      value += (byte % 128) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  };
  const pools: Uint32Array[] = [];
  while (at < bytes.length) {
    const pool = new Uint32Array(take());
    for (let index = 0; index < pool.length; index++) pool[index] = (index === 0 ? 0 : pool[index - 1]!) + take();
    pools.push(pool);
  }
  return pools;
}
