/**
 * Logs with some broken rows: intact rows must be read unchanged, and every other row must be in the report.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { missingEvents } from '../log/intake/guess';
import { findingsOf } from '../log/findings';
import { defaultRecipe, finishLog, inspectFiles, readIntake, survey, type IntakeResult } from '../log/intake/intake';
import { LogError } from '../log/types';
import type { Bytes } from './damagedLogs';

interface Row {
  readonly user: string;
  readonly item: string;
  readonly time: number;
  readonly rating: string;
}

const ITEMS = 9;
const START = 1_600_000_000;

/** Rows of five users, all different. */
const ROWS: readonly Row[] = Array.from({ length: 45 }, (_, at) => ({
  user: `u${at % 5}`,
  item: `i${(at * 4 + Math.floor(at / 5)) % ITEMS}`,
  time: START + 3600 * at,
  rating: String(1 + (at % 5)),
}));

/** How rows are written, and where the parts of a row are. */
interface Writing {
  readonly name: string;
  readonly header: string;
  readonly delimiter: string;
  readonly line: (row: Row) => string;
}

const delimited = (name: string, delimiter: string, header: boolean): Writing => ({
  name,
  delimiter,
  header: header ? `${['user_id', 'item_id', 'rating', 'timestamp'].join(delimiter)}\n` : '',
  line: ({ user, item, rating, time }) => [user, item, rating, time].join(delimiter),
});

const WRITINGS: readonly Writing[] = [
  delimited('log.csv', ',', true),
  delimited('log.tsv', '\t', true),
  delimited('bare.csv', ',', false),
  delimited('ratings.dat', '::', false),
  {
    name: 'log.jsonl',
    delimiter: ',',
    header: '',
    line: ({ user, item, rating, time }) =>
      JSON.stringify({ user_id: user, item_id: item, rating: Number(rating), timestamp: time }),
  },
];

const replaced =
  (of: (row: Row) => string, by: string) =>
  (line: string, row: Row): string =>
    line.replace(of(row), by);

/** What can happen to a row's text; it may become several lines. */
const ACCIDENTS: readonly ((line: string, row: Row, writing: Writing) => string)[] = [
  ...['', 'NA', 'null', '\\N'].map((by) => replaced(({ user }) => user, by)),
  ...['', 'NaN', 'None'].map((by) => replaced(({ item }) => item, by)),
  ...['', 'yesterday', '2020-13-45', '12:99', '１６'].map((by) => replaced(({ time }) => String(time), by)),
  // As a JSON number it would be another valid time.
  (line, { time }, { name }) => (name === 'log.jsonl' ? line : line.replace(String(time), '9.6E+08')),
  (line, { rating }, { delimiter }) => line.replace(`${delimiter}${rating}${delimiter}`, `${delimiter}good${delimiter}`),
  // One field too many, one too few.
  (line, _, { delimiter }) => line + delimiter,
  (line, _, { delimiter }) => `${line}${delimiter}more`,
  (line, _, { delimiter }) => line.slice(0, line.lastIndexOf(delimiter)),
  // In JSON it would be another valid item.
  (line, { item }, { name, delimiter }) => (name === 'log.jsonl' ? line : line.replace(item, `${item}${delimiter}x`)),
  // Unclosed quotes, and text after a closing one.
  (line) => `"${line}`,
  (line, { item }) => line.replace(item, `"${item}`),
  (line, { item }) => line.replace(item, `"${item}"x`),
  // Split in two, doubled, joined, corrupted.
  (line, { item }) => line.replace(item, `${item}\n`),
  (line) => `${line}\n${line}`,
  (line) => `${line}${line}`,
  (line, { user }) => line.replace(user, `${user}\u0000`),
  // Placeholder for a byte that is not UTF-8.
  (line, { user }) => line.replace(user, `${user}\uE0FF`),
  (line) => line.replace('{', '').replace(/}$/, ''),
];

export interface BrokenLog {
  readonly writing: number;
  /** Rows and what happens to them. */
  readonly broken: readonly (readonly [row: number, accident: number])[];
}

/** At most as many rows as the report lists for one reason. */
export const brokenLog: fc.Arbitrary<BrokenLog> = fc.record({
  writing: fc.nat({ max: WRITINGS.length - 1 }),
  broken: fc.uniqueArray(fc.tuple(fc.nat({ max: ROWS.length - 1 }), fc.nat({ max: ACCIDENTS.length - 1 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([row]) => row,
  }),
});

interface Written {
  readonly bytes: Bytes;
  /** Lines of each row. */
  readonly lines: readonly (readonly number[])[];
}

function written({ writing: which, broken }: BrokenLog): Written {
  const writing = WRITINGS[which]!;
  const accidents = new Map(broken);
  const lines: number[][] = [];
  let text = writing.header;
  let line = writing.header === '' ? 1 : 2;
  ROWS.forEach((row, at) => {
    const accident = accidents.get(at);
    const good = writing.line(row);
    const now = accident === undefined ? good : ACCIDENTS[accident]!(good, row, writing);
    const parts = now.split('\n').length;
    lines.push(Array.from({ length: parts }, (_, part) => line + part));
    line += parts;
    text += `${now}\n`;
  });
  const bytes = new TextEncoder().encode(text);
  // U+E0FF is EE 83 BF; the byte FF alone is not UTF-8.
  const spoilt = [...bytes].flatMap((byte, at) => {
    const place = [0, 1, 2].find(
      (back) => bytes[at - back] === 0xee && bytes[at - back + 1] === 0x83 && bytes[at - back + 2] === 0xbf,
    );
    return place === undefined ? [byte] : place === 0 ? [0xff] : [];
  });
  return { bytes: Uint8Array.from(spoilt), lines };
}

/** Every row that is used, as `user item time`, with its line. */
function usedRows({ raw }: IntakeResult, fate: Uint8Array): { readonly event: string; readonly line: number }[] {
  const { user, item, time, line } = raw.events;
  return Array.from(user.keys()).flatMap((row) =>
    fate[row] === 0
      ? [{ event: `${raw.users[user[row]!]!} ${raw.items.ids.texts[item[row]!]!} ${time[row]!}`, line: line[row]! }]
      : [],
  );
}

/** @returns whether it was read, and how many rows were reported */
export async function checkBrokenRows(log: BrokenLog): Promise<{ readonly read: boolean; readonly reported: number }> {
  const { bytes, lines } = written(log);
  const { name } = WRITINGS[log.writing]!;
  try {
    const { sources, guesses } = await inspectFiles([new File([bytes], name)]);
    const missing = missingEvents(guesses);
    if (missing !== null) throw missing;
    const mappings = guesses.map(({ mapping }) => mapping);
    const intake = await readIntake(sources, mappings);
    const suggested = defaultRecipe(intake, guesses);
    const recipe = { ...suggested, filters: { ...suggested.filters, userCore: 1 } };
    const surveyed = survey(intake, recipe);
    await finishLog(intake, recipe, surveyed);
    const named = new Set([
      ...surveyed.leftOut.flatMap(({ first }) => first.map(({ line }) => line)),
      ...findingsOf(intake, recipe, surveyed).flatMap(({ first }) => first.map(({ line }) => line)),
    ]);
    const used = usedRows(intake, surveyed.filtered.fate);
    const events = new Set(used.map(({ event }) => event));
    const clean = new Set(ROWS.map(({ user, item, time }) => `${user} ${item} ${time}`));
    // A missing or changed row is reported with one of its own lines.
    ROWS.forEach(({ user, item, time }, at) => {
      if (events.has(`${user} ${item} ${time}`)) return;
      expect(
        lines[at]!.some((line) => named.has(line)),
        `row ${at}, lines ${lines[at]!.join()}, is missing without a word`,
      ).toBe(true);
    });
    for (const { event, line } of used) {
      if (!clean.has(event)) expect(named.has(line), `line ${line} became “${event}” without a word`).toBe(true);
    }
    expect(used.length).toBe(events.size);
    return { read: true, reported: named.size };
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    return { read: false, reported: 0 };
  }
}
