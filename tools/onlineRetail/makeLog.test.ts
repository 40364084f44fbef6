import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../src/log/readLog';
import { ONLINE_RETAIL, siteLogOf } from '../../src/log/siteLogs';
import { logRecipeSchema } from '../../src/recipe/logRecipe';
import { LOG_FOLDER, packLog } from './makeLog';
import { skipUnless } from '../../src/testing/skipUnless';

const SOURCE = '../shared/data/online-retail-uci/online_retail.parquet';
const bytesOf = (path: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(path));
const table = bytesOf(`${LOG_FOLDER}/${ONLINE_RETAIL.file}`);
const recipe = logRecipeSchema.parse(JSON.parse(readFileSync(`${LOG_FOLDER}/${ONLINE_RETAIL.recipe}`, 'utf8')));
const file = new File([table], ONLINE_RETAIL.file);

describe('the real log of the site', () => {
  it('has the bytes that were made, and is small enough for a page', () => {
    expect(createHash('sha256').update(table).digest('hex')).toBe(
      '3cea10e12ac08cefeda4e250f42e2f80a48f04c4c0b3130c3db8de1f85808b41',
    );
    expect(table.length).toBe(ONLINE_RETAIL.bytes);
    expect(table.length).toBeLessThanOrEqual(2e6);
  });

  it('gives the users, items, targets and hash of the experiments', async () => {
    const { log, split, dropped } = await readLog([file], { recipe });
    expect([log.users.length, log.items.length, log.events.length]).toEqual([2547, 695, 83_606]);
    expect(split.test).toHaveLength(6819);
    expect(new Set(split.test.map(({ user }) => user)).size).toBe(868);
    expect(log.hash).toBe(ONLINE_RETAIL.hash);
    expect(log.name).toBe(ONLINE_RETAIL.id);
    expect(dropped.map(({ reason, rows }) => [reason, rows])).toEqual([
      ['no user', 67_225],
      ['same user, item and time as an earlier row', 3557],
      ['rating below the minimum', 4051],
      ['later event of a user with the same item', 36_765],
      ['item with too few events', 43_950],
      ['user with too few events', 853],
    ]);
    expect(dropped.reduce((sum, { rows }) => sum + rows, log.events.length)).toBe(ONLINE_RETAIL.lines);
    expect([...log.items].map(({ id }) => id).filter((id) => !/^\d/.test(id))).toEqual(['POST', 'M']);
  });

  it('is credited as its licence demands', () => {
    const words = readFileSync(`${LOG_FOLDER}/README.md`, 'utf8');
    const { author, url, licence, licenceUrl } = ONLINE_RETAIL;
    for (const said of [author.split(', ')[0]!.split(' ')[1]!, url, licence, licenceUrl, '44 %', '## What was changed'])
      expect(words).toContain(said);
  });

  it('is found by the hash of its log, or by its name where no hash is known', () => {
    const { id, hash } = ONLINE_RETAIL;
    expect([siteLogOf({ name: null, hash }), siteLogOf({ name: 'renamed', hash })]).toEqual([ONLINE_RETAIL, ONLINE_RETAIL]);
    expect(siteLogOf({ name: id, hash: null })).toBe(ONLINE_RETAIL);
    expect([siteLogOf({ name: id, hash: '0'.repeat(64) }), siteLogOf({ name: 'kitchen', hash: null }), siteLogOf(null)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is made from one file alone', async () => {
    await expect(packLog(table)).rejects.toThrow('This is another file');
  });
});

describe('made from its source', () => {
  skipUnless(existsSync(SOURCE), `${SOURCE} is not on this machine`);
  it('has the same bytes again, and gives the log of the published lines', async () => {
    const source = bytesOf(SOURCE);
    const made = await packLog(source);
    expect(Buffer.compare(made.table, table)).toBe(0);
    expect(made.recipe).toEqual(recipe);
    const [packed, published] = [await readLog([file]), await readLog([new File([source], 'online_retail.parquet')])];
    expect(packed.log.hash).toBe(published.log.hash);
    expect(packed.dropped).toEqual(
      published.dropped.map((one) => ({ ...one, first: one.first.map((place) => ({ ...place, file: ONLINE_RETAIL.file })) })),
    );
  });
});
