import { describe, expect, it } from 'vitest';
import { userSinksSchema } from '../../record/runRecord';
import { UserSinkTables } from './userSinks';

/**
 * Two layers, one head: (itemAlpha, firstAlpha, barcode, embEntropy, largest α of the first half) by layer
 * and sequence.
 */
const first = {
  statistics: Float32Array.from([
    ...[0.5, 0.25, 1, 0.5, 0.5],
    ...[0.125, 0.75, 0.5, 0.25, 0.125],
    ...[0.25, 0.5, 0.5, 1, 0.25],
    ...[0.25, 0.25, 1, 0.75, 0.125],
  ]),
  sinkHeads: Uint32Array.of(2, 0, 1, 0, 1),
  starts: [0, 2],
  times: [1, 1],
};
const second = {
  statistics: Float32Array.from([...[0.5, 1, 0.5, 0, 0.25], ...[0.75, 1, 0.5, 0, 0.5]]),
  sinkHeads: Uint32Array.of(2, 2, 0, 1),
  starts: [0],
  times: [1],
};

describe('UserSinkTables', () => {
  it('averages over users, however they are grouped', () => {
    const tables = new UserSinkTables(2, 1, 0.4);
    tables.add(first);
    tables.add(second);
    const means = tables.means();
    expect(userSinksSchema.safeParse(means).success).toBe(true);
    expect(means).toMatchObject({ users: 3, meanLength: 3, threshold: 0.4 });
    expect(means.tables.itemSinkRate).toEqual([[2 / 3], [1 / 3]]);
    // The third user's sink in the first layer is in the second half of its items.
    expect(means.tables.firstHalfSinkRate).toEqual([[1 / 3], [1 / 3]]);
    expect(means.tables.itemAlpha![0]![0]).toBeCloseTo((0.5 + 0.125 + 0.5) / 3, 12);
    expect(means.tables.firstAlpha![1]![0]).toBeCloseTo((0.5 + 0.25 + 1) / 3, 12);
    expect(means.tables.barcode![0]![0]).toBeCloseTo((1 + 0.5 + 0.5) / 3, 12);
    expect(means.tables.embEntropy![1]![0]).toBeCloseTo((1 + 0.75 + 0) / 3, 12);
  });

  it('counts a sequence for as many users as share it', () => {
    const [shared, alone] = [new UserSinkTables(2, 1, 0.4), new UserSinkTables(2, 1, 0.4)];
    shared.add({ ...first, times: [1, 2] });
    for (const times of [
      [1, 1],
      [0, 1],
    ])
      alone.add({ ...first, times });
    expect(shared.means()).toEqual(alone.means());
    expect(shared.means()).toMatchObject({ users: 3, meanLength: 8 / 3 });
    expect(shared.means().tables.itemAlpha![0]![0]).toBeCloseTo((0.5 + 2 * 0.125) / 3, 12);
  });

  it('has Sink_k by position, over the users who reach it', () => {
    const tables = new UserSinkTables(2, 1, 0.4);
    tables.add(first);
    tables.add(second);
    // Rows by position: 2, 1, 2 · 0, 0, 2 · 1, 0 · 1, of two heads in all.
    expect(tables.means().sinkRate).toEqual([5 / 6, 2 / 6, 1 / 4, 1 / 2]);
  });

  it('throws if there is nothing to average', () => {
    expect(() => new UserSinkTables(1, 1, 0.3).means()).toThrow(RangeError);
  });
});
