import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RUNS } from '../../testing/kernelBench';
import { RowRing } from './rowRing';

const CAPACITY = 40;
/** Sequences of one to nine rows, always the same number for a key; a key sometimes occurs twice. */
const batches = fc.array(
  fc.array(
    fc.integer({ min: 0, max: 30 }).map((n) => ({ key: `k${n}`, rows: 1 + (n % 9) })),
    { maxLength: 4 },
  ),
  { maxLength: 40 },
);

it('gives every sequence its rows, and writes only what is missing', () => {
  let hits = 0;
  fc.assert(
    fc.property(batches, (steps) => {
      const ring = new RowRing(CAPACITY);
      const rows = new Array<string | undefined>(CAPACITY).fill(undefined);
      for (const wanted of steps) {
        const { starts, missing, first } = ring.place(wanted);
        let at = first;
        for (const index of missing) {
          const { key, rows: count } = wanted[index]!;
          for (let row = 0; row < count; row++) rows[at++] = `${key} ${row}`;
        }
        expect(at).toBeLessThanOrEqual(CAPACITY);
        expect(new Set(missing).size).toBe(missing.length);
        wanted.forEach(({ key, rows: count }, index) => {
          for (let row = 0; row < count; row++) expect(rows[starts[index]! + row]).toBe(`${key} ${row}`);
        });
        hits += wanted.length - missing.length;
        // Requested again at once, nothing is missing.
        expect(ring.place(wanted)).toEqual({ starts, missing: [], first: expect.any(Number) as number });
      }
    }),
    { ...RUNS, numRuns: 200 },
  );
  expect(hits).toBeGreaterThan(100);
});

it('keeps everything that fits, whatever the order of requests', () => {
  const ring = new RowRing(CAPACITY);
  const some = [3, 9, 20, 8].map((rows) => ({ key: `${rows}`, rows }));
  for (const one of some) expect(ring.place([one]).missing).toEqual([0]);
  for (const one of [...some, ...some.toReversed()]) expect(ring.place([one]).missing).toEqual([]);
});

it('refuses what does not fit at all', () => {
  const ring = new RowRing(CAPACITY);
  expect(() => ring.place([{ key: 'a', rows: 41 }])).toThrow('41 rows do not fit into a cache of 40');
});
