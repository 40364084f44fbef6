import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readLog } from '../readLog';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { LogError } from '../types';
import { checkPages } from './parquetPages';
import { ThriftReader } from './thrift';

const ROWS = Array.from({ length: 60 }, (_, row) => row);

/** Dictionaries, nulls, lists, booleans and several row groups. */
function parquet(codec: 'SNAPPY' | 'UNCOMPRESSED'): Uint8Array<ArrayBuffer> {
  const columnData = [
    { name: 'user_id', data: ROWS.map((row) => `u${row % 4}`) },
    { name: 'item_id', data: ROWS.map((row) => row % 7), type: 'INT32' as const },
    { name: 'timestamp', data: ROWS.map((row) => BigInt(1_700_000_000 + row)), type: 'INT64' as const },
    { name: 'title', data: ROWS.map((row) => (row % 3 === 0 ? null : `Title ${row % 7}`)), nullable: true },
    { name: 'query', data: ROWS.map((row) => (row % 2 === 0 ? 'cup' : null)), nullable: true },
    { name: 'exposed', data: ROWS.map((row) => `${row % 5} ${row % 7}`) },
    { name: 'gift', data: ROWS.map((row) => row % 2 === 0), type: 'BOOLEAN' as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ codec, columnData, rowGroupSize: 25 }));
}

describe.each(['SNAPPY', 'UNCOMPRESSED'] as const)('Parquet, %s', (codec) => {
  it('is read over several row groups', async () => {
    const { log, dropped } = await readLog([fileOf('log.parquet', parquet(codec))]);
    expect(dropped).toEqual([]);
    expect(logUsers(log).map(({ events }) => events.length)).toEqual([15, 15, 15, 15]);
    expect(logUsers(log)[0]!.events[0]).toMatchObject({ time: 1_700_000_000, query: 'cup' });
  });

  it('never reads forever, whatever byte is changed', async () => {
    const good = parquet(codec);
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), fc.boolean(), async (at, value, doubled) => {
        const bytes = good.slice();
        bytes[at] = value;
        const damaged = doubled ? Uint8Array.of(...bytes.subarray(0, at + 40), ...bytes.subarray(at)) : bytes;
        await readLog([fileOf('log.parquet', damaged)]).then(
          () => read++,
          (error: unknown) => {
            expect(error).toBeInstanceOf(LogError);
          },
        );
      }),
      // The example can end the process: a column that may suddenly lack values has no levels.
      { numRuns: 300, examples: [[1688, 8, false]] },
    );
    expect(read).toBeGreaterThan(5);
  });
});

describe('checkPages', () => {
  const shape = { codec: 'UNCOMPRESSED', maxRepetition: 0, maxDefinition: 0, isBoolean: false };
  /**
   * A data page of dictionary indices (encoding 8) in one struct of Thrift's compact protocol, then its body.
   */
  const page = (values: number, body: readonly number[], size = body.length): Uint8Array =>
    // type 0, sizes, field 5 = { values, encoding 8, …}
    Uint8Array.of(0x15, 0, 0x15, 2 * size, 0x15, 2 * size, 0x2c, 0x15, 2 * values, 0x15, 16, 0, 0, ...body);

  it('accepts a page that holds what it says', () => {
    // Width 1, a run of 5 times the value 1.
    expect(() => {
      checkPages(page(5, [1, 10, 1]), shape, 5, {});
    }).not.toThrow();
  });

  it.each([
    ['a run longer than the page', page(5, [1, 0xff, 0xff, 0xff, 0xff, 7, 1]), /longer than its page/],
    ['a run without an end', page(5, [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), /no length/],
    ['more values than the column has', page(6, [1, 12, 1]), /number of values/],
    ['a size beyond the file', page(5, [1, 10, 1], 60), /size/],
    ['a negative size', Uint8Array.of(0x15, 0, 0x15, 1, 0x15, 1, 0), /size/],
    ['a header without an end', Uint8Array.of(0x15, 0, 0x15), /ends inside a header/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => {
      checkPages(bytes, shape, 5, {});
    }).toThrow(message);
  });

  it.each([
    ['none', [0, 0, 0, 0, 1, 10, 1], /fewer levels than values/],
    ['some', [2, 0, 0, 0, 8, 1, 1, 10, 1], /fewer levels than values/],
    ['all', [2, 0, 0, 0, 10, 1, 1, 10, 1], null],
  ])('refuses a page unless it has the levels of all its values: %s', (_, body, message) => {
    const check = expect(() => {
      checkPages(page(5, body), { ...shape, maxDefinition: 1 }, 5, {});
    });
    if (message === null) check.not.toThrow();
    else check.toThrow(message);
  });

  it('reads no list that is longer than the file', () => {
    expect(() => new ThriftReader(Uint8Array.of(0x19, 0xf1, 0xff, 0xff, 0xff, 7)).struct()).toThrow('longer than the file');
  });
});
