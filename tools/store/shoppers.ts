/** Simulates who views what, when, after which search, and next to which other items. */
import { forkRandom, type Random } from '../../src/log/random';
import type { Catalogue } from './catalogue';
import { behaviour as is } from './behaviour';
import { searchQuery } from './queries';

export interface ShopEvent {
  readonly user: number;
  /** Index into `Catalogue.products`. */
  readonly product: number;
  /** Unix seconds. */
  readonly time: number;
  readonly query: string;
  /** Shown and not clicked. */
  readonly exposed: readonly number[];
}

export interface ShopLog {
  /** Sorted by time, all users together. */
  readonly events: readonly ShopEvent[];
  /** 1 if the product is cold: it occurs only as a user's last event. */
  readonly cold: Uint8Array;
}

/** What the simulation knows about the store; computed once. */
interface Shop {
  readonly catalogue: Catalogue;
  readonly weight: Float64Array;
  readonly cold: Uint8Array;
  /** Nodes that can be an interest, with the products they mean. */
  readonly interests: ReadonlyMap<number, readonly number[]>;
  /**
   * For each interest, the interests one step away in the taxonomy: its parent, its children, its parent's
   * other children.
   */
  readonly neighbours: ReadonlyMap<number, readonly number[]>;
  readonly everything: readonly number[];
  readonly popular: readonly number[];
}

/**
 * A medium-sized node represents everything below it. A larger one represents what is directly under it and
 * under its small children, since its other children are interests themselves. So nearly every product
 * belongs to some interest.
 */
function interestPools({ nodes }: Catalogue): Map<number, readonly number[]> {
  const [least, most] = is.interestSize;
  const pools = new Map<number, readonly number[]>();
  nodes.forEach(({ below, children }, node) => {
    if (below.length >= least && below.length <= most) pools.set(node, below);
    else if (below.length > most) {
      const small = nodes.flatMap((child) => (child.parent === node && child.below.length < least ? child.below : []));
      const pool = [...new Set([...children, ...small])];
      if (pool.length >= least) pools.set(node, pool);
    }
  });
  return pools;
}

function openShop(catalogue: Catalogue, seed: number): Shop {
  const { products, nodes } = catalogue;
  const random = forkRandom(seed, 'shop');
  const weight = Float64Array.from(products, () => Math.exp(is.popularitySpread * random.normal()));
  const everything = products.map((_, index) => index);
  const cold = new Uint8Array(products.length);
  for (const product of random.shuffle([...everything]).slice(0, Math.round(is.coldShare * products.length))) cold[product] = 1;

  const interests = interestPools(catalogue);
  const neighbours = new Map(
    [...interests.keys()].map((node) => {
      const { parent } = nodes[node]!;
      const isNear = (other: number): boolean =>
        other === parent || nodes[other]!.parent === node || (parent >= 0 && nodes[other]!.parent === parent);
      return [node, [...interests.keys()].filter((other) => other !== node && isNear(other))];
    }),
  );
  const popular = everything
    .filter((product) => cold[product] === 0)
    .sort((a, b) => weight[b]! - weight[a]!)
    .slice(0, is.popularItems);
  return { catalogue, weight, cold, interests, neighbours, everything, popular };
}

/** Draws from `pool` with the items' weights; undefined when nothing in it is allowed. */
function draw(shop: Shop, pool: readonly number[], random: Random, allowed: (product: number) => boolean): number | undefined {
  let total = 0;
  for (const product of pool) if (allowed(product)) total += shop.weight[product]!;
  let left = random.uniform() * total;
  let last: number | undefined;
  for (const product of pool) {
    if (!allowed(product)) continue;
    last = product;
    left -= shop.weight[product]!;
    if (left <= 0) break;
  }
  return last;
}

/**
 * The products of one user in order: two interests that alternate and drift, sibling steps, noise, rare
 * repeats.
 */
function walk(shop: Shop, random: Random): number[] {
  const { products, nodes } = shop.catalogue;
  const interests = random.shuffle([...shop.interests.keys()]).slice(0, 2);
  const length = is.events[0] + random.integer(is.events[1] - is.events[0] + 1);
  const seen = new Set<number>();
  const path: number[] = [];
  let current = 0;
  while (path.length < length) {
    const coldOffered = path.length === length - 1 && random.uniform() < is.coldOffered;
    const previous = path.at(-1);
    // The last two events are evaluated: a repeat there could never be ranked, since the history is masked.
    if (previous !== undefined && path.length < length - 2 && random.uniform() < is.repeat) {
      path.push(path[random.integer(path.length)]!);
      continue;
    }
    if (random.uniform() < is.turn) current = 1 - current;
    if (random.uniform() < is.drift) {
      const near = shop.neighbours.get(interests[current]!) ?? [];
      if (near.length > 0) interests[current] = near[random.integer(near.length)]!;
    }
    const allowed = (product: number): boolean => !seen.has(product) && (coldOffered || shop.cold[product] === 0);
    const interest = shop.interests.get(interests[current]!)!;
    const kind = random.uniform();
    let pool: readonly number[] = interest;
    if (kind < is.noise) pool = shop.everything;
    else if (kind < is.noise + is.sibling && previous !== undefined && interest.includes(previous)) {
      pool = nodes[products[previous]!.parent]!.children;
    }
    // Siblings, then the interest, may be exhausted; the whole store never is.
    const product =
      draw(shop, pool, random, allowed) ?? draw(shop, interest, random, allowed) ?? draw(shop, shop.everything, random, allowed)!;
    seen.add(product);
    path.push(product);
  }
  return path;
}

/**
 * Visits on `length` strictly increasing seconds: days within half a year, a few events per visit, minutes
 * apart, in the daytime.
 */
function times(length: number, random: Random): number[] {
  const span = is.spanDays[0] + random.integer(is.spanDays[1] - is.spanDays[0] + 1);
  const first = random.integer(is.periodDays - span + 1);
  const starts: number[] = [];
  for (let left = length; left > 0;) {
    const events = Math.min(left, 1 + random.integer(is.eventsPerVisit));
    const hour = Math.min(23, Math.max(0, 15 + 4 * random.normal()));
    let at = is.start + (first + random.integer(span)) * 86400 + Math.floor(hour * 3600);
    for (let i = 0; i < events; i++) {
      starts.push(at);
      at += 20 + random.integer(240);
    }
    left -= events;
  }
  starts.sort((a, b) => a - b);
  for (let i = 1; i < starts.length; i++) starts[i] = Math.max(starts[i]!, starts[i - 1]! + 1);
  return starts;
}

/** Shown beside `product` and not clicked: half siblings, half popular, none cold. */
function exposures(shop: Shop, product: number, random: Random): number[] {
  const { products, nodes } = shop.catalogue;
  const shown = new Set<number>();
  const allowed = (other: number): boolean => other !== product && !shown.has(other) && shop.cold[other] === 0;
  const siblings = nodes[products[product]!.parent]!.children;
  const size = is.exposed[0] + random.integer(is.exposed[1] - is.exposed[0] + 1);
  while (shown.size < size) {
    const pool = random.uniform() < is.exposedSibling ? siblings : shop.popular;
    shown.add(draw(shop, pool, random, allowed) ?? draw(shop, shop.popular, random, allowed)!);
  }
  return random.shuffle([...shown]);
}

/** The whole log; the same seed gives the same log. */
export function simulate(catalogue: Catalogue, users: number, seed: number): ShopLog {
  const shop = openShop(catalogue, seed);
  const events: ShopEvent[] = [];
  for (let user = 0; user < users; user++) {
    const random = forkRandom(seed, 'user', user);
    const path = walk(shop, random);
    const at = times(path.length, random);
    path.forEach((product, index) => {
      events.push({
        user,
        product,
        time: at[index]!,
        query: random.uniform() < is.query ? searchQuery(catalogue.products[product]!, random) : '',
        exposed: random.uniform() < is.exposing ? exposures(shop, product, random) : [],
      });
    });
  }
  events.sort((a, b) => a.time - b.time || a.user - b.user);
  return { events, cold: shop.cold };
}
