/** Ranking of the whole catalogue: what beats a target, and the best items for a user. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { bitsOf } from '../../gpu/tensor';
import { createContext } from '../context';
import { NO_ITEM } from './itemLists';
import { TopItems } from './topItems';
import { UserBlocks } from '../decoder/userBlocks';
import { RankCounter } from './rankCounter';
import { UserScores } from './userScores';
import { KernelBench, distinct, dot, floats, integers, RUNS } from '../../testing/kernelBench';

let bench: KernelBench;
let gpu: Gpu;
beforeAll(async () => {
  bench = await KernelBench.open();
  gpu = await sharedGpu();
});
afterAll(() => {
  bench.close();
});

/** Small whole numbers: scores are exact in f32, and ties are frequent. */
function whole(n: number, seed: number): Float32Array {
  return Float32Array.from(integers(n, seed, 5), (value) => value - 2);
}

/** A catalogue with room for items to a multiple of 8. */
function padded(e: Float32Array, size: number): Float32Array {
  const whole = new Float32Array(8 * Math.ceil(e.length / size / 8) * size);
  whole.set(e);
  return whole;
}

/** Scores as kernels read them, followed in every row by numbers that must not matter. */
function scored(
  { h, e, size }: Pick<Users, 'h' | 'e' | 'size'>,
  users: number,
): { readonly scores: Float32Array; readonly stride: number } {
  const items = e.length / size;
  const stride = 4 * Math.ceil(items / 4) + 8;
  const scores = new Float32Array(users * stride).fill(1e9);
  for (let user = 0; user < users; user++)
    for (let item = 0; item < items; item++)
      scores[user * stride + item] = dot(h.subarray(user * size, (user + 1) * size), e.subarray(item * size, (item + 1) * size));
  return { scores, stride };
}

/** A share of the items, different for each user. */
function masksOf({ users, items, share, seed }: Omit<UserShape, 'size'>): number[][] {
  return Array.from({ length: users }, (_, user) => [...distinct(Math.floor(share * items), seed + 3 + user, items)]);
}

/** Masked items as kernels read them. */
function maskOf(masked: readonly (readonly number[])[]): { readonly mask_start: Uint32Array; readonly masked: Uint32Array } {
  const starts = [0];
  for (const list of masked) starts.push(starts.at(-1)! + list.length);
  return {
    mask_start: Uint32Array.from(starts),
    masked: Uint32Array.from(masked.flatMap((list) => list.toSorted((a, b) => a - b))),
  };
}

describe('add_bias', () => {
  it.each([1, 31, 64, 130])('adds a number per item to every row, %d items', async (items) => {
    const rows = 7;
    const stride = 4 * Math.ceil(items / 4) + 8;
    const [scores, bias] = [floats(rows * stride, items), floats(4 * Math.ceil(items / 4), 2)];
    const got = await bench.run('add_bias', {
      storage: { bias, scores },
      outputs: ['scores'],
      params: { rows, items, stride },
      threads: rows * Math.ceil(items / 4),
    });
    const of = (values: Float32Array, row: number): number[] => [...values.subarray(row * stride, row * stride + items)];
    for (let row = 0; row < rows; row++) {
      const expected = of(scores, row).map((score, item) => Math.fround(score + bias[item]!));
      expect(of(got.scores, row)).toEqual(expected);
      expect([...got.scores.subarray(row * stride + bias.length, (row + 1) * stride)]).toEqual([
        ...scores.subarray(row * stride + bias.length, (row + 1) * stride),
      ]);
    }
  });
});

describe('rank_count', () => {
  interface Catalogue {
    readonly h: Float32Array;
    readonly e: Float32Array;
    readonly targets: Uint32Array;
    /** Items left out, by user. */
    readonly masked: readonly (readonly number[])[];
  }
  const run = async ({ h, e, targets, masked }: Catalogue, size: number, runLength: number): Promise<Uint32Array> => {
    const users = targets.length;
    const items = e.length / size;
    const { scores, stride } = scored({ h, e, size }, users);
    const { counts } = await bench.run('rank_count', {
      storage: {
        scores,
        targets,
        ...maskOf(masked),
        counts: new Float32Array(2 * users),
      },
      outputs: ['counts'],
      params: { first_user: 0, users, items, stride, run: runLength },
      threads: [Math.ceil(users / 8), Math.ceil(items / runLength / 8), 1],
    });
    return bitsOf(counts);
  };
  const expected = ({ h, e, targets, masked }: Catalogue, size: number): Uint32Array => {
    const counts = new Uint32Array(2 * targets.length);
    targets.forEach((target, user) => {
      const score = (item: number): number => {
        const mine = h.subarray(user * size, (user + 1) * size);
        return dot(mine, e.subarray(item * size, (item + 1) * size));
      };
      for (let item = 0; item * size < e.length; item++) {
        if (item === target || masked[user]!.includes(item)) continue;
        if (score(item) > score(target)) counts[2 * user]!++;
        if (score(item) === score(target)) counts[2 * user + 1]!++;
      }
    });
    return counts;
  };
  it('counts items that beat or tie the target, without masked items and the target itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          size: fc.constantFrom(6, 8),
          users: fc.oneof(fc.constantFrom(1, 4, 5), fc.integer({ min: 1, max: 40 })),
          items: fc.oneof(fc.constantFrom(1, 31, 32, 33, 64), fc.integer({ min: 1, max: 700 })),
          runLength: fc.constantFrom(4, 12, 128),
          share: fc.constantFrom(0, 0.3, 1),
          seed: fc.nat(),
        }),
        async ({ size, users, items, runLength, share, seed }) => {
          const catalogue = {
            h: whole(users * size, seed),
            e: whole(items * size, seed + 1),
            targets: integers(users, seed + 2, items),
            // With share 1 everything is masked, even the target, which must not compete with itself.
            masked: masksOf({ users, items, share, seed }),
          };
          expect(await run(catalogue, size, runLength)).toEqual(expected(catalogue, size));
        },
      ),
      { ...RUNS, numRuns: 20 },
    );
  });

  it.each([20, 64])('counts equal embeddings as ties, to the last bit, e = %d', async (size) => {
    const items = 4299;
    const users = 131;
    const e = floats(items * size, 1);
    const targets = new Uint32Array(users).fill(7);
    for (const copy of [8, 100, 140, 2290, 4298]) e.copyWithin(copy * size, 7 * size, 8 * size);
    // More users than are scored at a time.
    const h = floats(users * size, 2);
    const masked = Array.from({ length: users }, (_, user) => [user % 2 === 0 ? 100 : 101]);
    const context = createContext(gpu);
    const counter = new RankCounter(context, items, new UserScores(context, items, size));
    const catalogue = context.memory.upload(padded(e, size), 'catalogue');
    const [block] = new UserBlocks(context, items, size).load({ interest: h, targets, masked });
    const { above, equal } = await counter.count(catalogue, block!);
    context.memory.destroy();
    expect([...equal]).toEqual(Array.from({ length: users }, (_, user) => (user % 2 === 0 ? 4 : 5)));
    const all = expected({ h, e, targets, masked }, size);
    const differences = Array.from(above, (count, user) => Math.abs(count - all[2 * user]!));
    // Scores that f32 cannot distinguish may count or not.
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  it('counts everything as a tie when all scores are zero', async () => {
    const catalogue = { h: new Float32Array(12), e: floats(40 * 6, 1), targets: Uint32Array.of(0, 39), masked: [[1, 2, 39], []] };
    expect([...(await run(catalogue, 6, 8))]).toEqual([0, 36, 0, 39]);
  });
});

interface Users {
  readonly h: Float32Array;
  readonly e: Float32Array;
  readonly size: number;
  readonly masked: readonly (readonly number[])[];
}

interface UserShape {
  readonly size: number;
  readonly users: number;
  readonly items: number;
  /** Share of the items that each user masks. */
  readonly share: number;
  readonly seed: number;
}

function usersOf({ size, users, items, share, seed }: UserShape): Users {
  return {
    h: whole(users * size, seed),
    e: whole(items * size, seed + 1),
    size,
    masked: masksOf({ users, items, share, seed }),
  };
}

/** Items that are not masked, best first and then in the order of the catalogue, in float64. */
function ordered({ h, e, size, masked }: Users, user: number): { readonly item: number; readonly score: number }[] {
  const left = new Set(masked[user]);
  return Array.from({ length: e.length / size }, (_, item) => ({
    item,
    score: dot(h.subarray(user * size, (user + 1) * size), e.subarray(item * size, (item + 1) * size)),
  }))
    .filter(({ item }) => !left.has(item))
    .sort((a, b) => b.score - a.score || a.item - b.item);
}

function bestOf(users: Users, user: number, k: number): number[] {
  const best = ordered(users, user).slice(0, k);
  return Array.from({ length: k }, (_, place) => best[place]?.item ?? NO_ITEM);
}

describe('top_items', () => {
  const LANES = 8;
  const run = async ({ h, e, size, masked }: Users, bars: Uint32Array, collect: number) => {
    const users = masked.length;
    const items = e.length / size;
    const { scores, stride } = scored({ h, e, size }, users);
    const { found, sizes } = await bench.run('top_items', {
      storage: {
        scores,
        ...maskOf(masked),
        bars,
        found: new Float32Array(2 * LANES * users),
        sizes: new Float32Array(users),
      },
      outputs: ['found', 'sizes'],
      params: { first_user: 0, users, items, stride, lanes: LANES, collect },
      threads: [LANES / 8, Math.ceil(users / 8), 1],
    });
    return { found: bitsOf(found), sizes: bitsOf(sizes) };
  };
  /** Low and high words. */
  const keyOf = (item: number, score: number): [number, number] => {
    const [bits] = new Uint32Array(Float32Array.of(score === 0 ? 0 : score).buffer);
    return [~item >>> 0, (bits! >= 0x8000_0000 ? ~bits! : bits! | 0x8000_0000) >>> 0];
  };
  const shapes = fc.record({
    size: fc.constantFrom(6, 8),
    users: fc.oneof(fc.constantFrom(1, 4, 5), fc.integer({ min: 1, max: 40 })),
    items: fc.oneof(fc.constantFrom(1, 7, 8, 9, 32, 33), fc.integer({ min: 1, max: 300 })),
    share: fc.constantFrom(0, 0.3, 1),
    seed: fc.nat(),
  });
  it('finds the best key of every lane, then the keys that beat a bar', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const users = usersOf(shape);
        const { found, sizes } = await run(users, new Uint32Array(2 * shape.users), 0);
        expect([...sizes]).toEqual(Array.from({ length: shape.users }, () => 0));
        const sorted = Array.from({ length: shape.users }, (_, user) => ordered(users, user));
        const lanes = sorted.flatMap((list) =>
          Array.from({ length: LANES }, (_, lane) => list.find(({ item }) => item % LANES === lane)),
        );
        expect([...found]).toEqual(lanes.flatMap((best) => (best ? keyOf(best.item, best.score) : [0, 0])));

        // Bars that 0, 1, … items beat.
        const bars = Uint32Array.from(
          sorted.flatMap((list, user) => {
            const bar = list[user % 12];
            return bar ? keyOf(bar.item, bar.score) : [0, 0];
          }),
        );
        const beyond = await run(users, bars, 1);
        sorted.forEach((list, user) => {
          const expected = list[user % 12] ? list.slice(0, user % 12) : list;
          expect(beyond.sizes[user]).toBe(expected.length);
          const row = beyond.found.subarray(2 * LANES * user, 2 * LANES * (user + 1));
          const got = new Set(
            Array.from({ length: Math.min(LANES, expected.length) }, (_, i) => row.slice(2 * i, 2 * i + 2).join()),
          );
          const possible = expected.map(({ item, score }) => keyOf(item, score).join());
          expect(got.size).toBe(Math.min(LANES, expected.length));
          for (const key of got) expect(possible).toContain(key);
        });
      }),
      RUNS,
    );
  });
});

describe('lists of the best items', () => {
  const list = async ({ h, e, size, masked }: Users, k: number): Promise<number[][]> => {
    const context = createContext(gpu);
    const items = e.length / size;
    const blocks = new UserBlocks(context, items, size);
    const top = new TopItems(context, items, new UserScores(context, items, size));
    const catalogue = context.memory.upload(padded(e, size), 'catalogue');
    const lists: number[][] = [];
    // Targets play no part in lists, but are never masked: these lie outside the catalogue.
    const targets = new Uint32Array(masked.length).fill(items);
    for (const block of blocks.load({ interest: h, targets, masked })) {
      const got = await top.list(catalogue, block, k);
      for (let user = 0; user < block.users; user++) lists.push([...got.subarray(user * k, (user + 1) * k)]);
    }
    context.memory.destroy();
    return lists;
  };

  it('equal a sort in float64, with ties, masks and fewer items than requested', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          size: fc.constantFrom(4, 12),
          users: fc.integer({ min: 1, max: 30 }),
          items: fc.oneof(fc.constantFrom(1, 511, 512, 513), fc.integer({ min: 1, max: 3000 })),
          k: fc.constantFrom(1, 10, 50, 200),
          share: fc.constantFrom(0, 0.3, 0.99, 1),
          seed: fc.nat(),
        }),
        async ({ k, ...shape }) => {
          const users = usersOf(shape);
          expect(await list(users, k)).toEqual(users.masked.map((_, user) => bestOf(users, user, k)));
        },
      ),
      RUNS,
    );
  });

  it('are correct if all good items fall in one lane, and if all scores are equal', async () => {
    const items = 40_000;
    const e = new Float32Array(4 * items);
    // Scores decrease along the catalogue; every 512th item and its neighbours are the best.
    for (let item = 0; item < items; item++) e[4 * item] = (item % 512 < 100 ? 1e6 : 0) - item;
    const users = { h: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0), e, size: 4, masked: [[0, 2, 513], [5], []] };
    expect(await list(users, 200)).toEqual([0, 1, 2].map((user) => bestOf(users, user, 200)));
  });

  it('accept users in more than one block', async () => {
    const users = { h: whole(4 * 1030, 1), e: whole(4 * 600, 2), size: 4, masked: Array.from({ length: 1030 }, () => []) };
    expect(await list(users, 3)).toEqual(users.masked.map((_, user) => bestOf(users, user, 3)));
  });
});
