/** Files that could be silently misread, each a minimal example. */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { guessTimeUnit, parseTime } from '../eventTime';
import { filtersSchema, type LogFilters, type LogRecipe } from '../../recipe/logRecipe';
import { auditLog } from '../audit';
import { readLog, type ReadLog } from '../readLog';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { storeReasons } from './tally';
import { findingsOf } from '../findings';
import { defaultRecipe, inspectFiles, preview, readIntake, survey } from './intake';

/** The log of a file under leave-last-out, however small it is. */
async function read(text: string, filters: Partial<LogFilters> = {}, name = 'log.csv'): Promise<ReadLog> {
  const { sources, guesses } = await inspectFiles([fileOf(name, text)]);
  const intake = await readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
  const suggested = defaultRecipe(intake, guesses);
  const recipe: LogRecipe = {
    ...suggested,
    filters: { ...suggested.filters, userCore: 1, ...filters },
    split: { kind: 'leave-last-out' },
  };
  const surveyed = survey(intake, recipe);
  return {
    ...preview(intake, recipe, surveyed),
    recipe,
    dropped: storeReasons(surveyed.leftOut),
    findings: findingsOf(intake, recipe, surveyed),
  };
}

function reasons({ dropped }: ReadLog): Record<string, number> {
  return Object.fromEntries(dropped.map(({ reason, rows }) => [reason, rows]));
}

function messages({ findings }: ReadLog): string {
  return findings.map(({ message, done, example }) => `${message}: ${done} ${example}`).join('\n');
}

/** Items of each user in order. */
function histories({ log }: ReadLog): Record<string, string[]> {
  return Object.fromEntries(logUsers(log).map(({ id, events }) => [id, events.map(({ item }) => log.items.at(item).id)]));
}

describe('a given split with events after its targets', () => {
  const part = (rows: readonly string[]): string => `user_id,item_id,timestamp,title\n${rows.join('\n')}\n`;
  const files = (): File[] => [
    fileOf('x.train.csv', part(['u,a,1,A', 'u,b,2,B', 'u,d,9,D', 'u,c,5,C', 'v,a,1,A', 'v,b,2,B', 'v,c,3,C'])),
    fileOf('x.test.csv', part(['u,c,5,C', 'v,d,4,D'])),
  ];

  it('loses them on request, with the event that is in both parts', async () => {
    const kept = await readLog(files());
    expect(kept.split.test).toHaveLength(2);
    expect(histories(kept).u).toEqual(['a', 'b', 'c', 'd', 'c']);
    const clean = await readLog(files(), { filters: { later: 'drop' } });
    expect(histories(clean)).toEqual({ u: ['a', 'b', 'c'], v: ['a', 'b', 'c', 'd'] });
    expect(reasons(clean)).toEqual({ 'at or after the user’s first event of a later part of the split': 2 });
    expect(clean.split.test).toHaveLength(2);
  });

  it('is reported for files like MovieLens 100K’s u1.base and u1.test, with counts and what to do', async () => {
    // As there: the test rows are a random fifth, not the last.
    const rows = Array.from(
      { length: 40 },
      (_, at) => `${1 + (at % 4)}\t${10 + Math.floor(at / 4)}\t3\t${880_000_000 + 60 * at}\n`,
    );
    const isTest = (at: number): boolean => at % 5 === 2;
    const shared = rows[12]!;
    const base = rows.filter((_, at) => !isTest(at)).join('');
    const files = [fileOf('u1.base', base + shared), fileOf('u1.test', rows.filter((_, at) => isTest(at)).join(''))];
    const kept = await readLog(files);
    expect(kept.recipe.split.kind).toBe('given');
    const audit = (of: ReadLog) => new Map(auditLog(of).map((finding) => [finding.id, finding]));
    const [later, both] = [audit(kept).get('later-events')!, audit(kept).get('shared-events')!];
    expect([later.level, both.level]).toEqual(['red', 'red']);
    // In all but one case, a user's last event is a training event.
    expect(later.count).toBeGreaterThan(later.of / 2);
    expect(both.count).toBe(1);
    expect(later.advice).not.toBe('');
    const clean = await readLog(files, { filters: { later: 'drop', withoutText: 'id' } });
    expect(audit(clean).get('later-events')!.level).toBe('green');
    expect(audit(clean).get('shared-events')!.level).toBe('green');
  });

  it('is reported for an event that is the last one of training and a target, which stays in both', async () => {
    const users = ['u', 'v', 'w', 'x'];
    const train = users.flatMap((user) => ['a', 'b', 'c'].map((item, at) => `${user},${item},${at},${item.toUpperCase()}`));
    const files = [
      fileOf('x.train.csv', part([...train, 'u,d,9,D'])),
      fileOf('x.test.csv', part(users.map((user) => `${user},d,9,D`))),
    ];
    const kept = await readLog(files);
    expect(kept.dropped).toEqual([]);
    expect(kept.split.test).toHaveLength(4);
    const both = auditLog(kept).find(({ id }) => id === 'shared-events')!;
    expect([both.level, both.count]).toEqual(['red', 1]);
    const clean = await readLog(files, { filters: { later: 'drop' } });
    expect(clean.split.test).toHaveLength(4);
    expect(auditLog(clean).find(({ id }) => id === 'shared-events')!.level).toBe('green');
    // Without the files' split it is one event that is in the files twice.
    expect(
      (await readLog(files, { recipe: { ...kept.recipe, split: { kind: 'leave-last-out' } } })).dropped.map(({ rows }) => rows),
    ).toEqual([1]);
  });

  it('keeps its meaning in recipes stored before there was a choice', () => {
    expect(filtersSchema.parse({})).toMatchObject({ later: 'keep', mostPerHour: null } satisfies Partial<LogFilters>);
  });
});

describe('a given split whose parts are written in different ways', () => {
  const USERS = Array.from({ length: 12 }, (_, user) => user);
  const items = (user: number): string[] => Array.from({ length: 8 }, (_, at) => `i${(user * (3 + user) + 7 * at) % 61}`);
  const rows = (of: (user: number) => string[]): string =>
    USERS.flatMap((user) => of(user).map((row) => `u${user},${row}\n`)).join('');
  const untimed = (from: number, to: number): string => `user_id,item_id\n${rows((user) => items(user).slice(from, to))}`;
  const timed = (from: number, to: number): string =>
    `user_id,item_id,timestamp\n${rows((user) =>
      items(user)
        .slice(from, to)
        .map((item, at) => `${item},${15e8 + user + 1000 * at}`),
    )}`;
  const histories = (with_: (items: string[]) => string[]): string =>
    `user_id,history,item_id\n${rows((user) => [`${with_(items(user)).join(' ')},${items(user)[7]!}`])}`;
  const log = async (train: string, test: string): Promise<ReadLog> =>
    readLog([fileOf('test.csv', test), fileOf('train.csv', train)]);
  const levels = (of: ReadLog): Record<string, string> => Object.fromEntries(auditLog(of).map(({ id, level }) => [id, level]));

  it('is read with a part without times, and an overlap is red', async () => {
    for (const [train, test] of [
      [untimed(0, 8), timed(4, 5)],
      [timed(0, 8), untimed(4, 5)],
      [untimed(0, 8), untimed(4, 5)],
    ] as const) {
      const of = await log(train, test);
      expect(of.split.test).toHaveLength(12);
      expect(of.log.events.length).toBe(108);
      expect(levels(of)['shared-events']).toBe('red');
    }
    const honest = await log(timed(0, 7), untimed(7, 8));
    expect(honest.split.test).toHaveLength(12);
    expect(levels(honest)['shared-events']).toBe('green');
  });

  it('is red if only some targets are in training, where nobody has an item twice', async () => {
    const some = `${untimed(0, 7)}u0,${items(0)[7]!}\n`;
    expect(levels(await log(some, untimed(7, 8)))['shared-events']).toBe('red');
    const again = `${some}u1,${items(1)[0]!}\n`;
    expect(levels(await log(again, untimed(7, 8)))['shared-events']).toBe('green');
  });

  it('takes no event from a history that is in training already', async () => {
    const of = await log(
      untimed(0, 7),
      histories((own) => own.slice(0, 7)),
    );
    expect(of.split.test).toHaveLength(12);
    expect(of.log.events.length).toBe(96);
  });

  it('is red if the histories contain the target', async () => {
    const text = histories((own) => [...own.slice(0, 3), own[7]!, ...own.slice(3, 7)]);
    expect(levels(await readLog([fileOf('log.csv', text)])).repeats).toBe('red');
    expect(
      levels(
        await readLog([
          fileOf(
            'log.csv',
            histories((own) => own.slice(0, 7)),
          ),
        ]),
      ).repeats,
    ).toBe('green');
  });
});

it.each(['dislikes.csv', 'shown.csv', 'item_returns.csv', 'exposures.csv'])('%s beside likes is set aside', async (name) => {
  const rows = `user_id,item_id,timestamp\n${Array.from({ length: 30 }, (_, n) => `u${n % 3},i${n % 7},${15e8 + n}\n`).join('')}`;
  const { guesses } = await inspectFiles([fileOf('likes.csv', rows), fileOf(name, rows)]);
  expect(guesses.map(({ mapping }) => mapping.part)).toEqual(['events', 'ignored']);
});

describe('descriptions', () => {
  const log = async (describe_: (item: number) => string) => {
    const items = Array.from({ length: 30 }, (_, n) => `item${n},Teacup no. ${n},"${describe_(n)}"\n`).join('');
    const rows = Array.from({ length: 60 }, (_, n) => `user${n % 10},item${(7 * n + (n % 10)) % 30},${15e8 + n}\n`).join('');
    const files = [
      fileOf('log.csv', `user_id,item_id,timestamp\n${rows}`),
      fileOf('items.csv', `item_id,title,description\n${items}`),
    ];
    return auditLog(await readLog(files)).find(({ id }) => id === 'item-texts');
  };

  it('that list who bought an item, or what else they bought, are found', async () => {
    expect(await log((n) => `Fine, no. ${n}`)).toMatchObject({ level: 'green', count: 0, of: 10 });
    const buyers = Array.from({ length: 10 }, (_, user) => `user${user}`).join(', ');
    expect(await log(() => `Bought by ${buyers}`)).toMatchObject({ level: 'red', count: 10 });
    const others = Array.from({ length: 30 }, (_, n) => `item${n}`).join(', ');
    expect(await log(() => `Also bought: ${others}`)).toMatchObject({ level: 'amber', count: 10 });
    expect(await log(() => 'Bought by user99, with item99')).toMatchObject({ level: 'green', count: 0 });
  });
});

describe('ratings', () => {
  const log = (...ratings: readonly string[]): string =>
    `user;item;time;rating;title\n${ratings.map((rating, at) => `u;i${at};${at};${rating};T${at}`).join('\n')}\n`;

  it('may have a decimal comma', async () => {
    const four = await read(log('4,5', '3,5', '5', '2,0', '4,0'), { leastRating: 4 });
    expect(histories(four).u).toEqual(['i0', 'i2', 'i4']);
  });

  it('that cannot be read are reported, and do not pass a minimum', async () => {
    const rows = log('5', 'abc', '4/5', '1,000', '', '4', '5');
    const all = await read(rows);
    expect(histories(all).u).toHaveLength(7);
    expect(messages(all)).toContain('3 rows: rating that cannot be read');
    const some = await read(rows, { leastRating: 4 });
    expect(reasons(some)).toEqual({ 'rating that cannot be read': 3 });
    expect(histories(some).u).toEqual(['i0', 'i4', 'i5', 'i6']);
  });
});

describe('ids', () => {
  it.each(['json-lines', 'json'])('of more than 53 bits stay distinct in %s', async (kind) => {
    const rows = ['9007199254740993', '9007199254740992'].flatMap((user) =>
      [1, 2, 3].map(
        (time) =>
          `{"user_id": ${user}, "item_id": 1152921504606846${970 + time}, "timestamp": ${time}, "title": "12345678901234567890 ${time}"}`,
      ),
    );
    const text = kind === 'json' ? `[${rows.join(',\n')}]` : rows.join('\n');
    const { log } = await read(text, {}, 'log.json');
    expect([...log.users]).toEqual(['9007199254740993', '9007199254740992']);
    expect(log.items.map(({ id, title }) => `${id} ${title}`)).toEqual(
      [1, 2, 3].map((time) => `1152921504606846${970 + time} 12345678901234567890 ${time}`),
    );
  });

  it('that stand for a missing value are none', async () => {
    const missing = ['NA', 'NaN', 'None', 'null', '\\N'];
    const rows = missing.flatMap((id, at) => [`${id},i${at},${at},T`, `u,${id},${at},T`]);
    const of = await read(`user,item,time,title\nu,a,10,A\nu,b,11,B\nu,c,12,C\n${rows.join('\n')}\n`);
    expect(reasons(of)).toEqual({ 'no user': 5, 'no item': 5 });
    expect(messages(of)).toContain('“NA” stands for a missing value');
    expect(of.log.items.length).toBe(3);
  });

  it('that roughly grow with the time of their items enter no text', async () => {
    // Four of five items have the largest ID so far.
    const id = (n: number): number => 1000 + 10 * n - (n % 5 === 0 ? 25 : 0);
    const lines = Array.from({ length: 60 }, (_, u) =>
      [0, 1, 2].map((e) => `u${u},${id(u + e)},${1000 + 10 * u + e}`).join('\n'),
    );
    const { log, recipe } = await read(`user,item,time\n${lines.join('\n')}\n`);
    expect(recipe.filters.withoutText).toBe('number');
    expect(log.items.map(({ id: own, title }) => title === `item ${own}`)).not.toContain(true);
    const inOrder = [...log.items].sort((a, b) => Number(a.id) - Number(b.id)).map(({ title }) => Number(title.split(' ')[1]));
    const growing = inOrder.filter((number, at) => at > 0 && number > inOrder[at - 1]!).length;
    expect(growing).toBeGreaterThan(20);
    expect(growing).toBeLessThan(42);
    const chance = lines.map((line) => line.replace(/,(\d+),/g, (_, own: string) => `,${(Number(own) * 7919) % 1009},`));
    expect((await read(`user,item,time\n${chance.join('\n')}\n`)).recipe.filters.withoutText).toBe('id');
  });
});

it('reports that all events are of one user, as in a file without users', async () => {
  const all = await read('user_id,item_id,timestamp\n0,a,1\n0,b,2\n0,c,3\n0,d,4\n');
  expect(messages(all)).toContain('All 4 events are of one user');
  expect(messages(await read('user_id,item_id,timestamp\n0,a,1\n0,b,2\n1,c,3\n1,d,4\n'))).not.toContain('one user');
});

describe('times', () => {
  it.each([
    ['20240131', 'date', Date.UTC(2024, 0, 31)],
    ['20240131184500', 'date', Date.UTC(2024, 0, 31, 18, 45)],
    ['45322.78125', 'excel', Date.UTC(2024, 0, 31, 18, 45)],
    ['Jan 31, 2024', 'date', Date.UTC(2024, 0, 31)],
    ['31-Jan-2024', 'date', Date.UTC(2024, 0, 31)],
    ['Wed, 31 Jan 2024 18:45:00 +0100', 'date', Date.UTC(2024, 0, 31, 17, 45)],
    ['Wed Jan 31 18:45:00 UTC 2024', 'date', Date.UTC(2024, 0, 31, 18, 45)],
    ['2024-01-31 18:45:00 PST', 'date', Date.UTC(2024, 1, 1, 2, 45)],
    ['January 31, 2024 6:45 PM', 'date', Date.UTC(2024, 0, 31, 18, 45)],
  ])('%s is read as %s', (text, unit, milliseconds) => {
    const guess = guessTimeUnit([text]);
    expect(guess?.unit).toBe(unit);
    expect(parseTime(text, guess!.unit)).toBe(milliseconds / 1000);
  });

  it.each(['31-Foo-2024', 'Feb 30, 2024', '2024-01-31 18:45:00 XYZ', 'Mayor 3, 2024'])('%s is not a time', (text) => {
    expect(parseTime(text, 'date')).toBeNaN();
  });

  it('stay numbers if they are numbers, and are days only if named so or with times of day', () => {
    expect(guessTimeUnit(['1700000000'])?.unit).toBe('seconds');
    expect(guessTimeUnit(['40000', '40001'])?.unit).toBe('seconds');
    expect(guessTimeUnit(['40000', '40001'], 'Order Date')?.unit).toBe('excel');
  });

  it('of a headerless file stay times if one is broken', async () => {
    const text = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `u1,i${n},5,${n === 3 ? 'oops' : 1_600_000_000 + n}\n`).join('');
    const of = await read(text);
    expect(reasons(of)).toEqual({ 'time that cannot be read': 1 });
    expect(logUsers(of.log)[0]!.events.map(({ time }) => time)).toEqual([1, 2, 4, 5, 6, 7, 8].map((n) => 1_600_000_000 + n));
  });

  it('are recognised by their values if no name says so', async () => {
    const text = [1, 2, 3, 4].map((n) => `u,i${n},T${n},garden,${1_600_000_100 - n}\n`).join('');
    const of = await read(`user_id,item_id,title,dept,when_was_it\n${text}`);
    expect(histories(of).u).toEqual(['i4', 'i3', 'i2', 'i1']);
    expect(of.log.items.at(0).category).toBe('garden');
  });

  it('are reported missing if histories are in the order of IDs', async () => {
    const lines = (order: (items: number[]) => number[]): string =>
      [0, 1, 2, 3, 4, 5, 6]
        .map((u) => [u, ...order([3, 7, 5, 9, 1, 8].slice(u % 3).map((n) => n * (u + 1)))].join(' '))
        .join('\n');
    const sorted = await read(
      lines((items) => items.sort((a, b) => a - b)),
      {},
      'train.txt',
    );
    expect(messages(sorted)).toContain('in the order of its items’ IDs');
    expect(
      messages(
        await read(
          lines((items) => items),
          {},
          'train.txt',
        ),
      ),
    ).not.toContain('in the order of its items’ IDs');
  });
});

describe('files that are not a log', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));
  it.each([
    ['a pickle of protocol 4', bytes('\x80\x04\x95\x00'), 'Python pickle'],
    ['a pickle of protocol 2', bytes('\x80\x02}q\x00(X'), 'Python pickle'],
    ['a pickle of protocol 0', bytes("(dp0\nS'a'\np1\n"), 'Python pickle'],
    ['a RAR archive', bytes('Rar!\x1a\x07\x00'), 'RAR archive'],
    ['a Git LFS pointer', bytes('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'), 'Git LFS pointer'],
    [
      'a PyTorch file',
      new Uint8Array(zipSync({ 'archive/data.pkl': bytes('x'), 'archive/version': bytes('3') })),
      'PyTorch file',
    ],
    ['an OpenDocument sheet', new Uint8Array(zipSync({ mimetype: bytes('x'), 'content.xml': bytes('x') })), 'OpenDocument'],
    ['prompts', bytes('[{"instruction": "Rank", "input": "a", "output": "b"}]'), 'These are prompts'],
    ['chats', bytes('{"messages": [{"role": "user", "content": "hi"}]}\n'), 'These are chats'],
  ])('are refused with what to do: %s', async (_, content, message) => {
    await expect(readLog([fileOf('file', content)])).rejects.toThrow(message);
  });
});

describe('rows with a label', () => {
  const HEADER = 'user_id,item_id,timestamp,label,impression_id,title\n';
  const rows = [
    'u,a,1,1,p,A',
    'u,b,1,0,p,B',
    'u,c,1,0,p,C',
    'u,b,2,1,q,B',
    'u,c,2,1,q,C',
    'u,d,2,0,q,D',
    'u,e,3,0,r,E',
    'u,a,4,1,,A',
  ];

  it('of 0 are items shown in the request', async () => {
    const of = await read(HEADER + rows.join('\n'));
    const shown = logUsers(of.log)[0]!.events.map(({ item, exposed }) => [
      of.log.items.at(item).id,
      exposed
        .map((one) => of.log.items.at(one).id)
        .sort()
        .join(''),
    ]);
    expect(shown.toSorted()).toEqual([
      ['a', ''],
      ['a', 'bc'],
      ['b', 'd'],
      ['c', 'd'],
    ]);
    expect(reasons(of)).toEqual({ 'shown in a request and not chosen': 4 });
  });

  it.each(['is_click', 'clicked', 'label'])('“%s” of 0 are left out if nothing groups them', async (name) => {
    const text = `user_id,item_id,timestamp,${name},title\nu,a,1,1,A\nu,b,2,0,B\nu,c,3,1,C\nu,d,4,1,D\n`;
    const of = await read(text);
    expect(histories(of).u).toEqual(['a', 'c', 'd']);
    expect(reasons(of)).toEqual({ 'row that the row filter leaves out': 1 });
  });

  it.each(['is_deleted', 'returned'])('“%s” of 1 are left out', async (name) => {
    const of = await read(`user_id,item_id,timestamp,${name},title\nu,a,1,0,A\nu,b,2,1,B\nu,c,3,,C\nu,d,4,0,D\n`);
    expect(histories(of).u).toEqual(['a', 'c', 'd']);
  });

  it('that is neither yes nor no is no filter', async () => {
    const { guesses } = await inspectFiles([fileOf('log.csv', 'user_id,item_id,timestamp,label\nu,a,1,5\nu,b,2,3\n')]);
    expect(guesses[0]!.mapping.where).toBeUndefined();
  });
});
