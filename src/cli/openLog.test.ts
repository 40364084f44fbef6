import { describe, expect, it } from 'vitest';
import { fileOf } from '../testing/smallLogs';
import { readMapOption, readMappingFile, readSplitOption, type LogOptions } from './logOptions';
import { droppedLines, ignoredLines, inspectionOf, inspectionText, openLog, redLines } from './openLog';

const NONE: LogOptions & { readonly filters: object } = { maps: [], split: null, mapping: null, filters: {} };
const rows = [1, 2, 3, 4, 5].map((n) => `ann,i${n},${n},${n % 2},Item ${n}\nbob,i${n},${6 - n},1,Item ${n}\n`).join('');
const log = (): File => fileOf('log.csv', `who,what,when,flag,title\n${rows}`);

const maps = ['log.csv:user=who', 'log.csv:item=2', 'log.csv:time=when', 'log.csv:part=events', 'log.csv:time-unit=seconds'];

describe('the log of the command line', () => {
  it('is mapped, filtered and split according to the options, and reports what it left out', async () => {
    const options = {
      ...NONE,
      maps: [...maps, 'log.csv:where=flag=1'].map(readMapOption),
      split: readSplitOption('leave-last-out'),
      filters: { userCore: 3 },
    };
    const opened = await openLog([log()], options, false);
    expect([...opened.log.users]).toEqual(['ann', 'bob']);
    expect(opened.rows).toBe(10);
    expect(opened.log.events.length).toBe(8);
    expect(droppedLines(opened)).toEqual(['  2 left out: row that the row filter leaves out']);
  });

  it('needs no part and no unit of times where the columns say them', async () => {
    const day = (n: number): string => `${13 + n}.01.2024`;
    const dated = (): File => fileOf('log.csv', `wer,was,wann\n${[1, 2, 3, 4].map((n) => `ann,i${n},${day(5 - n)}\n`).join('')}`);
    await expect(openLog([dated()], NONE, false)).rejects.toThrow('--map "log.csv:user=wer"');
    const named = ['log.csv:user=wer', 'log.csv:item=was', 'log.csv:time=wann'].map(readMapOption);
    const opened = await openLog([dated()], { ...NONE, maps: named }, false);
    expect(opened.recipe.sources[0]).toMatchObject({ part: 'events', timeUnit: 'day-first' });
    expect(inspectionOf(opened).files[0]!.reasons.at(-1)).toBe('as the command line says');
    expect(Array.from(opened.log.events.columns.item, (item) => opened.log.items.at(item).id)).toEqual(['i4', 'i3', 'i2', 'i1']);
  });

  it('is described as text and as JSON, from which it can be read again', async () => {
    const opened = await openLog([log()], { ...NONE, maps: maps.map(readMapOption) }, false);
    const inspection = inspectionOf(opened);
    const text = inspectionText(inspection);
    for (const part of [
      'log.csv: Table, events',
      'user         who',
      '10 of 10 rows, 2 users, 5 items',
      'green',
      'findings',
      'audit',
    ]) {
      expect(text).toContain(part);
    }
    const mapping = readMappingFile('x.json', JSON.stringify({ data: { recipe: inspection.recipe } }));
    const again = await openLog([log()], { ...NONE, mapping }, false);
    expect(again.log.hash).toBe(opened.log.hash);
    expect(again.split).toEqual(opened.split);
  });

  it('says before a run which checks are red', async () => {
    const part = (name: string, rows: string): File => fileOf(name, `user_id,item_id,timestamp,title\n${rows}`);
    const early = part('x.train.csv', 'ann,a,1,A\nann,b,2,B\nann,c,9,C\nbob,a,1,A\nbob,b,2,B\nbob,c,3,C\n');
    const files = [early, part('x.test.csv', 'ann,d,5,D\nbob,d,5,D\n')];
    expect(redLines(await openLog(files, NONE, false))).toEqual([
      expect.stringMatching(/^ {2}red: 1 of 2 \(50\.0 %\) targets have simultaneous or later events .*\. Leave out later events/),
    ]);
    const filters = { later: 'drop' as const };
    expect(redLines(await openLog(files, { ...NONE, filters }, false))).toEqual([]);
  });

  it('takes a folder as it is published, with what its format sets aside and a README', async () => {
    const files = [
      fileOf('ml/README.txt', 'Summary\n=======\n\nThis dataset describes ratings.\n'),
      fileOf('ml/links.csv', 'movieId,imdbId,tmdbId\n1,0114709,862\n'),
      fileOf('ml/movies.csv', 'movieId,title,genres\n1,A,x\n2,B,x\n3,C,x\n4,D,x\n'),
      fileOf(
        'ml/ratings.csv',
        'userId,movieId,rating,timestamp\n1,1,4,964982703\n1,2,4,964982704\n1,3,4,964982705\n1,4,4,964982706\n',
      ),
      fileOf('ml/tags.csv', 'userId,movieId,tag,timestamp\n1,1,funny,964982703\n'),
    ];
    const opened = await openLog(files, NONE, false);
    expect(opened.log.events.length).toBe(4);
    expect(ignoredLines(opened)).toEqual(['  ignored: ml/README.txt, ml/links.csv, ml/tags.csv']);
  });

  it('ignores no file silently', async () => {
    const files = (): File[] => [
      fileOf('a.csv', 'user_id,item_id,timestamp\nu,a,1\nu,b,2\nu,c,3\nu,d,4\n'),
      fileOf('notes.csv', 'k,v\n1,2\n'),
    ];
    await expect(openLog(files(), NONE, false)).rejects.toThrow('notes.csv: not read');
    expect((await openLog(files(), NONE, true)).log.events.length).toBe(4);
  });

  it('names the file that is likeliest to have the events, and the columns that would do', async () => {
    const many = (header: string, of: (n: number) => string): string =>
      `${header}\n${Array.from({ length: 60 }, (_, n) => `${of(n)}\n`).join('')}`;
    const items = fileOf(
      'a_items.csv',
      many('item_id,title', (n) => `i${n},Title ${n}`),
    );
    const people = fileOf(
      'b_people.csv',
      many('kunde,age', (n) => `p${n},${20 + n}`),
    );
    const events = fileOf(
      'z.csv',
      many('who,item_id,timestamp', (n) => `p${n % 7},i${(7 * n) % 20},${15e8 + n}`),
    );
    const refused = openLog([items, people, events], NONE, false);
    await expect(refused).rejects.toThrow(/^z\.csv: .*“who” and “item_id” could.* --map "z\.csv:user=who" --map/);
    const mapped = { ...NONE, maps: [readMapOption('z.csv:user=who')] };
    expect((await openLog([items, people, events], mapped, false)).log.events.length).toBe(60);
    await expect(openLog([items, people], NONE, false)).rejects.toThrow(/^b_people\.csv: It looks like a users file/);
    const lines = fileOf(
      'lines.csv',
      many('order_id,product_id', (n) => `${n >> 1},i${(7 * n) % 20}`),
    );
    const orders = fileOf(
      'orders.csv',
      many('order_id,hh,placed', (n) => `${n},${n % 5},2020-01-${10 + (n % 19)}`),
    );
    await expect(openLog([items, lines, orders], NONE, false)).rejects.toThrow(
      /^orders\.csv: .*“hh” could\. Rename it to user_id/,
    );
  });

  it('says what to check, and what may be why a log cannot be used', async () => {
    const rows = (of: (n: number) => string): string => [1, 2, 3, 4, 5].map((n) => `u,${of(n)}\n`).join('');
    const dated = fileOf('log.csv', `user_id,item_id,date\n${rows((n) => `i${n},0${n}/02/2020`)}`);
    const text = inspectionText(inspectionOf(await openLog([dated], NONE, false)));
    expect(text).toContain('  check: Day, month and year of the times cannot be told apart for certain.');
    const rounded = fileOf('log.csv', `user_id,item_id,timestamp\n${rows((n) => `9.00720E+15,${n}`)}`);
    await expect(openLog([rounded], NONE, false)).rejects.toThrow(/nothing to rank.*\n.*1 ID that a spreadsheet has rounded/s);
  });

  it.each([
    [() => readMapOption('log.csv'), '--map needs FILE:ROLE=COLUMN'],
    [() => readMapOption('log.csv:owner=a'), 'there is no role owner'],
    [() => readSplitOption('half'), '--split needs'],
    [() => readMappingFile('x', '{}'), 'no log recipe'],
    [() => openLog([log()], { ...NONE, maps: [readMapOption('log.csv:user=nobody')] }, false), 'has no column nobody'],
    [() => openLog([log()], { ...NONE, maps: [readMapOption('other.csv:user=who')] }, false), 'there is no file other.csv'],
    [
      () => openLog([log()], { ...NONE, maps: maps.map(readMapOption), split: readSplitOption('given') }, false),
      'needs files of training',
    ],
    [
      () =>
        openLog([fileOf('log.csv', 'user_id,item_id\nu,a\nu,b\nu,c\nu,d\n')], { ...NONE, split: readSplitOption('time') }, false),
      'needs times, and not all of these files have them',
    ],
  ])('explains what is wrong with an option', async (act, message) => {
    await expect(async () => act()).rejects.toThrow(message);
  });
});
