import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLog } from './readLog';
import { fileOf } from './testing';
import { LogError } from './types';

const ITEMS = 6;
const ROWS = Array.from({ length: 30 }, (_, i) => {
  const item = (i * 5 + Math.floor(i / 6)) % ITEMS;
  return `u${i % 4},i${item},${1_700_000_000 + i * 60},"Item, no. ${item}",q${i % 3},i${(item + 1) % ITEMS} i${(item + 2) % ITEMS}`;
});
const GOOD = ['user_id,item_id,timestamp,title,query,exposed', ...ROWS, ''].join('\n');

/** One random accident to the text of a file. */
const accident: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom('', ',', '"', '\n', '\r\n', '\0', ';', '|', '\ufffd', 'é', ' ')).map(
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
    const line = lines[at % lines.length]!;
    return [...lines, line, ''].join('\n');
  }),
  fc.nat().map((at) => (text: string) => {
    const lines = text.split('\n');
    lines.splice(at % lines.length, 1);
    return lines.join('\n');
  }),
);

/**
 * Rows of a text by a second reading, character by character, that knows nothing of Papa Parse:
 * records that are not blank, less the header. A quote opens a quoted field at its start only.
 */
function countRows(text: string): number {
  const normal = `${text.replaceAll('\r\n', '\n')}\n`;
  let rows = 0;
  let quoted = false;
  let fieldStart = true;
  let record = '';
  for (let i = 0; i < normal.length; i++) {
    const char = normal.charAt(i);
    if (quoted) {
      if (char === '"' && normal.charAt(i + 1) === '"') i++;
      else if (char === '"') quoted = false;
    } else if (char === '\n') {
      if (record.trim() !== '') rows++;
      record = '';
      fieldStart = true;
      continue;
    } else if (char === '"' && fieldStart) quoted = true;
    fieldStart = char === ',' && !quoted;
    record += char;
  }
  return rows - 1;
}

describe('a damaged log', () => {
  it('is rejected with lines named, or read with every row accounted for', async () => {
    let rejected = 0;
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(accident, { minLength: 1, maxLength: 3 }), async (accidents) => {
        const text = accidents.reduce((damaged, apply) => apply(damaged), GOOD);
        try {
          const { log, dropped } = await readLog([fileOf('log.csv', text)]);
          const events = log.users.reduce((sum, user) => sum + user.events.length, 0);
          expect(events + dropped.reduce((sum, { rows }) => sum + rows, 0)).toBe(countRows(text));
          for (const { events: own } of log.users) {
            own.forEach(({ item, time, exposed }, i) => {
              expect(log.items[item]).toBeDefined();
              expect(exposed).not.toContain(item);
              if (i > 0) expect(time).toBeGreaterThanOrEqual(own[i - 1]!.time);
            });
          }
          accepted++;
        } catch (error) {
          if (!(error instanceof LogError)) throw error;
          expect(error.issues.length).toBeGreaterThan(0);
          const lines = text.split(/\r\n|\r|\n/).length;
          for (const { line, message } of error.issues) {
            expect(line).toBeGreaterThanOrEqual(0);
            expect(line).toBeLessThanOrEqual(lines);
            expect(message).not.toBe('');
          }
          rejected++;
        }
      }),
      { numRuns: 1500 },
    );
    // Both outcomes must occur, or the test says nothing.
    expect(accepted).toBeGreaterThan(100);
    expect(rejected).toBeGreaterThan(100);
  });

  it('rejects random bytes or reads them, but never fails otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(readLog([fileOf('x', Uint8Array.from(bytes))])).rejects.toBeInstanceOf(LogError);
      }),
    );
  });
});
