import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveLastOut } from '../../log/split';
import type { InteractionLog } from '../../log/types';
import { runSpecSchema } from '../../recipe/runSpec';
import { CandidatePools, decodePools, encodePools, poolRanking, rankInPool, type PoolOptions } from './candidatePools';
import { checkProtocol, ProtocolError } from './protocol';
import { logFromRows, logUsers } from '../../testing/smallLogs';

/** A log of these histories; items of `exposed` were shown with every last event. */
function logOf(histories: readonly (readonly number[])[], items: number, exposed: readonly number[] = []): InteractionLog {
  return logFromRows({
    name: 'toy',
    hash: '',
    items: Array.from({ length: items }, (_, i) => ({ id: String(i), title: '', category: '', description: '' })),
    users: histories.map((history, u) => ({
      id: String(u),
      events: history.map((item, time) => ({ item, time, query: '', exposed: time === history.length - 1 ? exposed : [] })),
    })),
  });
}

function poolsOf(log: InteractionLog, options: Partial<PoolOptions> = {}) {
  const split = leaveLastOut(log);
  const pools = new CandidatePools(
    { log, split },
    { size: 10, from: 'uniform', seed: 0, maskHistory: true, maxHistory: 16, ...options },
  );
  return { split, pools, drawn: split.test.map((target) => pools.of(target)) };
}

describe('candidate pools', () => {
  const shape = fc.record({
    items: fc.integer({ min: 3, max: 120 }),
    histories: fc.array(fc.array(fc.nat(), { minLength: 3, maxLength: 12 }), { minLength: 1, maxLength: 12 }),
    exposed: fc.array(fc.nat(), { maxLength: 15 }),
    size: fc.integer({ min: 2, max: 60 }),
    from: fc.constantFrom('retrieved' as const, 'uniform' as const, 'exposed' as const),
    maskHistory: fc.boolean(),
  });

  it('hold the target, nothing masked, nothing twice, and as many items as possible', () => {
    fc.assert(
      fc.property(shape, ({ items, histories, exposed, size, from, maskHistory }) => {
        const log = logOf(
          histories.map((history) => history.map((item) => item % items)),
          items,
          [...new Set(exposed.map((item) => item % items))],
        );
        const { split, drawn } = poolsOf(log, { size, from, maskHistory });
        split.test.forEach(({ user, position }, index) => {
          const { events } = logUsers(log)[user]!;
          const target = events[position]!.item;
          const masked = new Set(maskHistory ? events.slice(0, position).map(({ item }) => item) : []);
          masked.delete(target);
          const pool = [...drawn[index]!];
          expect(pool).toContain(target);
          expect(pool.filter((item) => masked.has(item))).toEqual([]);
          expect(pool).toEqual([...new Set(pool)].sort((a, b) => a - b));
          expect(pool).toHaveLength(Math.min(size, items - masked.size));
          expect(pool.every((item) => item < items)).toBe(true);
        });
      }),
    );
  });

  it('are the same in whatever order they are requested, and different with another seed', () => {
    const log = logOf(
      Array.from({ length: 20 }, (_, u) => [u, (u * 7) % 50, (u * 3) % 50, (u * 11) % 50]),
      400,
    );
    const { split, pools, drawn } = poolsOf(log);
    const again = poolsOf(log).pools;
    expect(split.test.toReversed().map((target) => again.of(target))).toEqual(drawn.toReversed());
    expect(pools.of({ ...split.test[3]! })).toBe(drawn[3]);
    expect(poolsOf(log, { seed: 1 }).drawn).not.toEqual(drawn);
  });

  it('draw all items equally often', () => {
    const items = 40;
    const log = logOf(
      Array.from({ length: 4000 }, () => [0, 1, 2]),
      items,
    );
    const counts = new Float64Array(items);
    for (const pool of poolsOf(log, { size: 8 }).drawn) for (const item of pool) counts[item]! += 1;
    // Item 2 is the target, 0 and 1 are masked; the other 37 share 7 places per user.
    expect([counts[0], counts[1], counts[2]]).toEqual([0, 0, 4000]);
    const expected = (4000 * 7) / 37;
    for (const count of counts.subarray(3)) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it('hold neighbours and popular items if these are retrieved, and shown items first', () => {
    // Users 0–9 have 0 and 1 together; of the other items 5 is the most popular.
    const log = logOf(
      [...Array.from({ length: 10 }, () => [0, 1, 8, 9]), ...Array.from({ length: 20 }, () => [5, 5, 7, 6]), [0, 10, 11, 12]],
      300,
      [200, 201],
    );
    const last = leaveLastOut(log).test.length - 1;
    // A quarter of 9 is 2: 1 is the only neighbour of 0; 5 and 0 (masked) are the most popular, then 1
    // (already in) and 10.
    const { drawn } = poolsOf(log, { from: 'retrieved', size: 9 });
    expect([...drawn[last]!]).toEqual(expect.arrayContaining([1, 5, 12]));
    expect(drawn[last]!).toHaveLength(9);
    expect([...poolsOf(log, { from: 'exposed', size: 5 }).drawn[last]!]).toEqual(expect.arrayContaining([12, 200, 201]));
  });

  it('rank the target as if the pool were the catalogue, and leave out K that mean nothing', () => {
    const score = (item: number): number => [5, 4, 4, 3, NaN][item]!;
    expect(rankInPool(Uint32Array.of(0, 1, 2, 3), 2, score)).toBe(2.5);
    expect(rankInPool(Uint32Array.of(2, 3), 2, score)).toBe(1);
    expect(rankInPool(Uint32Array.of(2, 3, 4), 2, score)).toBe(2);
    const pools = [Uint32Array.of(0, 1, 2), Uint32Array.of(0, 1, 2, 3)];
    const { size, values } = poolRanking(pools, [1, 3], { cold: Uint8Array.of(0, 0) }, [1, 2, 3, 10], { resamples: 2 });
    expect(size).toBe(3);
    expect(values).toMatchObject({ 'pool-hr@1': 0.5, 'pool-hr@2': 0.5 });
    expect(values).not.toHaveProperty('pool-hr@3');
  });

  it('are restored unchanged from text', () => {
    const pool = fc.uniqueArray(fc.nat(3_000_000), { maxLength: 40 }).map((items) => Uint32Array.from(items).sort());
    fc.assert(
      fc.property(fc.array(pool, { maxLength: 20 }), (pools) => {
        expect(decodePools(encodePools(pools))).toEqual(pools);
      }),
    );
    expect(() => decodePools(btoa(String.fromCharCode(2, 200)))).toThrow(RangeError);
  });
});

describe('checkProtocol', () => {
  const data = (exposed: readonly number[]) => {
    const log = logOf([[0, 1, 2]], 9, exposed);
    return { log, split: leaveLastOut(log) };
  };
  const spec = (evaluation: object) => runSpecSchema.parse({ evaluation });

  it('refuses a log without shown items if the protocol needs them, and says what is missing', () => {
    const ranking = spec({ protocol: 'ranking' });
    expect(() => {
      checkProtocol(ranking, data([]));
    }).toThrow(ProtocolError);
    expect(() => {
      checkProtocol(ranking, data([]));
    }).toThrow(/gAUC.*no test event.*“exposed”.*evaluation\.protocol/);
    expect(() => {
      checkProtocol(ranking, data([4]));
    }).not.toThrow();
    const exposed = spec({ protocol: 'pre-ranking', poolFrom: 'exposed' });
    expect(() => {
      checkProtocol(exposed, data([]));
    }).toThrow(/evaluation\.poolFrom.*retrieved or uniform/);
    expect(() => {
      checkProtocol(exposed, data([4]));
    }).not.toThrow();
    expect(() => {
      checkProtocol(spec({ protocol: 'pre-ranking' }), data([]));
    }).not.toThrow();
    expect(() => {
      checkProtocol(spec({ poolFrom: 'exposed' }), data([]));
    }).not.toThrow();
  });

  it('requires pools larger than the smallest K', () => {
    const parse = (evaluation: object) => runSpecSchema.safeParse({ evaluation });
    const small = parse({ protocol: 'pre-ranking', poolSize: 5, ks: [5, 10] });
    expect(small.error?.issues[0]?.path).toEqual(['evaluation', 'poolSize']);
    expect(parse({ protocol: 'pre-ranking', poolSize: 6, ks: [5, 10] }).success).toBe(true);
    expect(parse({ poolSize: 5, ks: [5, 10] }).success).toBe(true);
  });
});
