import { describe, expect, it } from 'vitest';
import { auditLog } from '../audit';
import { readLog, type ReadLog } from '../readLog';
import { fileOf } from '../../testing/smallLogs';
import { idsInFirstSeenOrder, titleKey } from './traps';

const HEADER = 'user,item,time,title\n';

/** 30 users walk through items; `id` is the ID of the n-th item to appear. */
function walk(id: (n: number) => number, title: (n: number) => string): Promise<ReadLog> {
  const lines = Array.from({ length: 30 }, (_, u) =>
    Array.from({ length: 5 }, (__, e) => `u${u},${id(u + e)},${1000 + 10 * u + e},${title(u + e)}\n`).join(''),
  );
  return readLog([fileOf('log.csv', HEADER + lines.join(''))]);
}

function messages({ findings }: ReadLog): string {
  return findings.map(({ message, done, example }) => `${message}: ${done} ${example}`).join('\n');
}

it('names long titles by their beginning', async () => {
  const title = 'A very long title. '.repeat(100);
  const read = await walk(
    (n) => (n * 17) % 41,
    (n) => `${title}${n % 2}`,
  );
  expect(messages(read)).toMatch(/nearly the same title/);
  expect(messages(read).length).toBeLessThan(1000);
  for (const { first } of auditLog(read)) for (const named of first) expect(named.length).toBeLessThan(120);
});

describe('IDs that reveal when an item appeared', () => {
  it('are recognised by being the largest so far', () => {
    expect(idsInFirstSeenOrder(Array.from({ length: 40 }, (_, i) => String(i + 1)))).toBe(true);
    expect(idsInFirstSeenOrder(Array.from({ length: 40 }, (_, i) => String((i * 17) % 41)))).toBe(false);
    expect(idsInFirstSeenOrder(Array.from({ length: 40 }, (_, i) => `B${100 + i}`))).toBe(false);
    expect(idsInFirstSeenOrder(['1', '2', '3'])).toBe(false);
  });

  it('cause a warning, leave neither order nor number in the catalogue, reproducibly', async () => {
    const read = await walk(
      (n) => n,
      () => '',
    );
    expect(messages(read)).toContain('numbers in the order in which items first appear');
    const ids = read.log.items.map(({ id }) => Number(id));
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    expect([...read.log.items].filter(({ id, title }) => title.endsWith(` ${id}`)).length).toBeLessThan(5);
    expect(
      (
        await walk(
          (n) => n,
          () => '',
        )
      ).log,
    ).toEqual(read.log);
    expect(
      messages(
        await walk(
          (n) => (n * 17) % 41,
          () => 'x',
        ),
      ),
    ).not.toContain('first appear');
  });
});

describe('findings about what misleads', () => {
  it('count baskets, users without history, repeated items and nearly equal titles', async () => {
    const text = `${HEADER}ann,a,1,Red  Cup\nann,b,1,Plate\nann,c,2,red cup!\nann,a,3,\nann,b,4,\nbob,a,7,\nbob,b,7,\nbob,c,7,\n`;
    const found = messages(await readLog([fileOf('log.csv', text)]));
    expect(found).toContain('5 events at the same time as another of the user (baskets)');
    expect(found).toContain('1 user with all events at one time: never a target');
    expect(found).toContain('2 events with an item that the user had before');
    expect(found).toContain('1 item with nearly the same title as another item');
    expect(found).toContain('“red cup!” (c) and “Red Cup” (a)');
  });

  it('treat titles as equal that differ only in case, accents, spaces and punctuation', () => {
    expect(titleKey('Café–Noir, 2')).toBe(titleKey('cafe noir 2'));
    expect(titleKey('ice water')).not.toBe(titleKey('water ice'));
    expect(titleKey('???')).toBe('???');
  });
});
