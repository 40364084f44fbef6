/** Damaged logs of every format; the campaign `damagedLogs` tries more. */
import fc from 'fast-check';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readLog, type ReadLog } from './readLog';
import { fileOf, logUsers } from '../testing/smallLogs';
import { LogError } from './types';

const ITEMS = 6;
const EVENTS = Array.from({ length: 30 }, (_, i) => {
  const item = (i * 5 + Math.floor(i / 6)) % ITEMS;
  const exposed = `i${(item + 1) % ITEMS} i${(item + 2) % ITEMS}`;
  return {
    user_id: `u${i % 4}`,
    item_id: `i${item}`,
    timestamp: 1_700_000_000 + i * 60,
    title: `Item, no. ${item}`,
    query: `q${i % 3}`,
    exposed,
  };
});
const COLUMNS = ['user_id', 'item_id', 'timestamp', 'title', 'query', 'exposed'] as const;
const CSV = [
  COLUMNS.join(','),
  ...EVENTS.map((event) => COLUMNS.map((name) => (name === 'title' ? `"${event[name]}"` : event[name])).join(',')),
  '',
].join('\n');
const JSON_LINES = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('');

/** One random accident to the text of a file. */
const accident: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom('', ',', '"', '\n', '\r\n', '\0', ';', '|', '\ufffd', 'é', ' ', '{', '}', '\\')).map(
    ([at, insert]) =>
      (text: string) =>
        text.slice(0, at % (text.length + 1)) + insert + text.slice(at % (text.length + 1)),
  ),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 40 })).map(
    ([at, length]) =>
      (text: string) =>
        text.slice(0, at % (text.length + 1)) + text.slice((at % (text.length + 1)) + length),
  ),
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc.nat().map((at) => (text: string) => {
    const lines = text.split('\n');
    return [...lines, lines[at % lines.length]!, ''].join('\n');
  }),
  fc.nat().map(
    (at) => (text: string) =>
      text
        .split('\n')
        .toSpliced(at % text.split('\n').length, 1)
        .join('\n'),
  ),
);

function damage(text: string, accidents: readonly ((text: string) => string)[]): string {
  return accidents.reduce((damaged, apply) => apply(damaged), text);
}

/**
 * Rows of a text by a second reader, character by character: records that are not blank, including the
 * header. A quote opens a quoted field at its start only; one that is never closed, or that closes lines
 * later in the middle of a field, is part of its line.
 */
function countRows(text: string): number {
  const normal = `${text.replaceAll('\r\n', '\n')}\n`;
  let rows = 0;
  let start = 0;
  while (start < normal.length) {
    const end = recordEnd(normal, start) ?? normal.indexOf('\n', start);
    if (normal.slice(start, end).trim() !== '') rows++;
    start = end + 1;
  }
  return rows;
}

function recordEnd(text: string, start: number): number | null {
  let quoted = false;
  let opened = start;
  let fieldStart = true;
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted) {
      if (char === '"' && text.charAt(i + 1) === '"') i++;
      else if (char === '"') {
        quoted = false;
        const tail = /^[^,\n]*/.exec(text.slice(i + 1))?.[0] ?? '';
        if (tail.trim() !== '' && text.slice(opened, i).includes('\n')) return null;
      }
    } else if (char === '\n') return i;
    else if (char === '"' && fieldStart) {
      quoted = true;
      opened = i;
    }
    if (!(fieldStart && char === ' ')) fieldStart = char === ',' && !quoted;
  }
  return null;
}

function accounted({ log, dropped }: ReadLog): number {
  const events = logUsers(log).reduce((sum, user) => sum + user.events.length, 0);
  return events + dropped.reduce((sum, { rows }) => sum + rows, 0);
}

/** What must hold for any log that was read. */
function expectSound({ log, split, dropped }: ReadLog): void {
  for (const { events } of logUsers(log)) {
    events.forEach(({ item, time, exposed }, i) => {
      expect(log.items.at(item)).toBeDefined();
      expect(exposed).not.toContain(item);
      if (i > 0) expect(time).toBeGreaterThanOrEqual(events[i - 1]!.time);
    });
  }
  expect(split.test.length).toBeGreaterThan(0);
  for (const { first, rows } of dropped) {
    expect(first.length).toBe(Math.min(rows, 5));
    for (const { line } of first) expect(line).toBeGreaterThan(0);
  }
}

/** Reads a file that may be damaged: null if it is properly refused. */
async function readOrRefuse(file: File): Promise<ReadLog | null> {
  try {
    const read = await readLog([file]);
    expectSound(read);
    return read;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message).not.toBe('');
    for (const { line, message } of error.issues) {
      expect(line).toBeGreaterThanOrEqual(0);
      expect(message).not.toBe('');
    }
    return null;
  }
}

describe('a damaged log', () => {
  it('as CSV is refused, or read with every row accounted for', async () => {
    let [refused, read] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(accident, { minLength: 1, maxLength: 3 }), async (accidents) => {
        const text = damage(CSV, accidents);
        const result = await readOrRefuse(fileOf('log.csv', text));
        if (result === null) refused++;
        else {
          read++;
          const { syntax } = result.recipe.sources[0]!;
          expect(syntax).toMatchObject({ kind: 'delimited', delimiter: ',' });
          // Without its header a table is still a table.
          expect(accounted(result)).toBe(countRows(text) - Number(syntax.kind === 'delimited' && syntax.header));
        }
      }),
      { numRuns: 200 },
    );
    // Both outcomes must occur for the test to mean anything.
    expect(Math.min(refused, read)).toBeGreaterThan(12);
  });

  it('as JSON lines is refused, or read with every line accounted for', async () => {
    let [refused, read] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(accident, { minLength: 1, maxLength: 3 }), async (accidents) => {
        const text = damage(JSON_LINES, accidents);
        const result = await readOrRefuse(fileOf('log.jsonl', text));
        if (result === null) refused++;
        else if (result.recipe.sources[0]!.syntax.kind === 'json-lines') {
          read++;
          expect(accounted(result)).toBe(text.split(/\r\n|\n/).filter((line) => line.trim() !== '').length);
        }
      }),
      { numRuns: 120 },
    );
    expect(Math.min(refused, read)).toBeGreaterThan(6);
  });

  it('as a JSON array is refused or read, with no intact object lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (at) => {
        const text = JSON.stringify(EVENTS);
        const cut = text.slice(0, at % (text.length + 1));
        const result = await readOrRefuse(fileOf('log.json', cut));
        if (result === null) return;
        const whole = cut.split('},').length - (cut.endsWith('},') ? 1 : 0);
        expect(accounted(result)).toBe(cut.endsWith(']') || !cut.endsWith(',') ? cut.split('{').length - 1 : whole);
      }),
      { numRuns: 80 },
    );
  });

  const parquet = new Uint8Array(
    parquetWriteBuffer({ columnData: COLUMNS.map((name) => ({ name, data: EVENTS.map((event) => event[name]) })) }),
  );
  it.each([
    ['Parquet', parquet],
    ['gzip', gzipSync(strToU8(CSV))],
    ['a ZIP', zipSync({ 'log.csv': strToU8(CSV) })],
    ['UTF-16', new Uint8Array(new Uint16Array([0xfeff, ...Array.from(CSV, (char) => char.charCodeAt(0))]).buffer)],
  ])('as %s is refused or read, whatever bytes change', async (_, good) => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
        // Half of them intact, so that some are read.
        fc.option(fc.nat(), { freq: 1 }),
        async (changes, cut) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const result = await readOrRefuse(fileOf('log', cut === null ? bytes : bytes.slice(0, cut % (bytes.length + 1))));
          if (result !== null && accounted(result) === EVENTS.length) same++;
        },
      ),
      { numRuns: 100 },
    );
    expect(same).toBeGreaterThan(2);
  });

  it('refuses or reads random bytes, but never fails otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(readLog([fileOf('x', Uint8Array.from(bytes))])).rejects.toBeInstanceOf(LogError);
      }),
    );
  });
});
