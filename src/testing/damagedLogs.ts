/** Good logs, damaged by accidents, and what reading them may give. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { missingEvents } from '../log/intake/guess';
import { findingsOf } from '../log/findings';
import { defaultRecipe, finishLog, inspectFiles, readIntake, survey } from '../log/intake/intake';
import { LogError } from '../log/types';

export type Bytes = Uint8Array<ArrayBuffer>;

/** One accident to the bytes of a file: bytes changed, removed, inserted or doubled, or the end lost. */
export const accident: fc.Arbitrary<(bytes: Bytes) => Bytes> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, value]) => (bytes: Bytes): Bytes => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[at % changed.length] = value;
    return changed;
  }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })).map(([at, length]) => (bytes: Bytes): Bytes => {
    const from = at % (bytes.length + 1);
    return Uint8Array.of(...bytes.subarray(0, from), ...bytes.subarray(from + length));
  }),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 5 })).map(([at, more]) => (bytes: Bytes): Bytes => {
    const from = at % (bytes.length + 1);
    return Uint8Array.of(...bytes.subarray(0, from), ...more, ...bytes.subarray(from));
  }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 200 })).map(([at, length]) => (bytes: Bytes): Bytes => {
    const from = at % (bytes.length + 1);
    return Uint8Array.of(...bytes.subarray(0, from + length), ...bytes.subarray(from));
  }),
  fc.nat().map(
    (at) =>
      (bytes: Bytes): Bytes =>
        bytes.slice(0, at % (bytes.length + 1)),
  ),
);

/** Number of non-empty lines, by the simplest reading. */
function linesOf(bytes: Bytes): number {
  const text = new TextDecoder('latin1').decode(bytes);
  return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length;
}

/** Events in lines with one delimiter and no quotes, so that a line is a row whatever it contains. */
const PLAIN_LINES: Readonly<Record<string, number>> = { 'MovieLens 100K': 0, 'MovieLens 1M or 10M': 0, RecBole: 1 };

/** @returns whether it was read; false if it was properly refused */
export async function readOrRefuse(
  files: readonly File[],
  check: (rows: number, events: File, kind: string) => Promise<void>,
): Promise<boolean> {
  try {
    const { sources, guesses } = await inspectFiles(files);
    const missing = missingEvents(guesses);
    if (missing !== null) throw missing;
    const intake = await readIntake(
      sources,
      guesses.map(({ mapping }) => mapping),
    );
    const recipe = defaultRecipe(intake, guesses);
    const surveyed = survey(intake, recipe);
    const left = surveyed.leftOut.reduce((sum, { rows }) => sum + rows, 0);
    expect(surveyed.filtered.used + left).toBe(surveyed.read);
    const own = intake.raw.sources.filter(({ part }) => part === 'events');
    expect(own.reduce((sum, { rows }) => sum + rows, intake.raw.unfolded)).toBe(surveyed.read);
    for (const { message, done } of findingsOf(intake, recipe, surveyed)) expect(message && done).not.toBe('');
    const [only] = own;
    if (own.length === 1 && only!.encoding.encoding === 'utf-8') {
      const { syntax } = intake.mappings.find(({ name }) => name === only!.name)!;
      const file = files.find(({ name }) => name === only!.name);
      if (file !== undefined) await check(only!.rows, file, syntax.kind);
    }
    await finishLog(intake, recipe, surveyed);
    return true;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    return false;
  }
}

export async function fileBytes(file: File): Promise<Bytes> {
  return new Uint8Array(await file.arrayBuffer());
}

/** What `readOrRefuse` checks in a log that can be read: in formats of plain lines, every line is a row. */
export async function expectRows(name: string, rows: number, events: File, kind: string): Promise<void> {
  const header = PLAIN_LINES[name];
  if (header === undefined || kind !== 'delimited') return;
  const bytes = await fileBytes(events);
  // A header damaged beyond recognition makes the file another table, or becomes a row.
  if (header === 0 || new TextDecoder().decode(bytes).startsWith('user_id:token\titem_id:token')) {
    expect(rows).toBe(linesOf(bytes) - header);
  }
}
