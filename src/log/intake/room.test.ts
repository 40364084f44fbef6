import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { LogError } from '../types';
import { defaultRecipe, inspectFiles, readIntake, survey } from './intake';
import { Room } from './room';

/**
 * Checks a log of a thousand megabytes after each megabyte, with `namesAt(megabytes)` found so far. @returns
 * the first problem, and where it was reported
 */
function watch(allowed: number, namesAt: (megabytes: number) => number, texts = 0): { problem: string | null; at: number } {
  const room = new Room(allowed, 1e9);
  for (let at = 0; at <= 1000; at++) {
    const names = Math.round(namesAt(at));
    const problem = room.look({ events: 20_000 * at, names, bytes: 20 * names + texts }, 1e6 * at);
    if (problem !== null) return { problem, at };
  }
  return { problem: null, at: 1000 };
}

/** The number that would fit, from the problem's message. */
function fitOf(problem: string | null): number {
  return Number(/about ([\d,]+) events would fit/.exec(problem ?? '')?.[1]?.replaceAll(',', '') ?? NaN);
}

describe('room for a log', () => {
  it('accepts a log that fits', () => {
    // 90 bytes per event and 200 per name: 1.8 GB and 0.2 GB.
    expect(watch(2.01e9, (at) => 1000 * at)).toEqual({ problem: null, at: 1000 });
    expect(watch(2.21e9, (at) => 2e6 * (1 - Math.exp(-at / 50)))).toEqual({ problem: null, at: 1000 });
    // Everybody comes once before anybody comes again.
    expect(watch(1.83e9, (at) => 1000 * Math.min(at, 100))).toEqual({ problem: null, at: 1000 });
  });

  it('refuses it after 32 MB where its events alone are too many, sorted by user', () => {
    const { problem, at } = watch(1e9, (megabytes) => 1000 * megabytes);
    expect(at).toBe(32);
    expect(problem).toBe(
      'It has about 20,000,000 events, which would take at least 1.8 GB of memory. A log may take 1.0 GB here: ' +
        'between 10,000,000 and 11,000,000 events would fit, depending on how many users and items are still to come. ' +
        'Open a part of it: fewer users, or a shorter time.',
    );
  });

  it('refuses it after 32 MB, with the number that would fit, if users and items recur', () => {
    const curve = (megabytes: number): number => 4e6 * (1 - Math.exp(-megabytes / 50));
    const { problem, at } = watch(2e9, curve);
    expect(at).toBe(32);
    const fit = fitOf(problem);
    // What would fit fills the available room.
    expect((90 * fit + 200 * curve(fit / 20_000)) / 2e9).toBeCloseTo(1, 1);
  });

  it('refuses it as soon as it is known not to fit', () => {
    // q is 0.8 after 45 MB.
    expect(watch(2.5e9, (megabytes) => 4e6 * (1 - Math.exp(-megabytes / 100))).at).toBe(45);
  });

  it('does not extrapolate the texts of an items file', () => {
    const items = 1e6;
    const curve = (megabytes: number): number => items + 1e6 * (1 - Math.exp(-megabytes / 50));
    const needed = 90 * 2e7 + 200 * 2e6 + 1e9;
    expect(watch(needed + 1e7, curve, 1e9)).toEqual({ problem: null, at: 1000 });
    const { problem, at } = watch(needed - 1e9, curve, 1e9);
    expect(at).toBe(32);
    expect(problem).toContain('about 3.2 GB of memory');
    const fit = fitOf(problem);
    expect((90 * fit + 200 * curve(fit / 20_000) + 1e9) / (needed - 1e9)).toBeCloseTo(1, 1);
  });

  it('refuses for names alone, and for what a file announces', () => {
    const room = new Room(1e9, 1e9);
    expect(room.named({ events: 0, names: 1e6, bytes: 1e8 })).toBeNull();
    expect(room.named({ events: 0, names: 5e6, bytes: 2e8 })).toContain('alone take more than the 1.0 GB');
    expect(room.announced({ events: 0, names: 0, bytes: 0 }, 1e7)).toBeNull();
    expect(room.announced({ events: 0, names: 0, bytes: 0 }, 2e7)).toContain('at most 11,000,000 events would fit');
  });
});

const ROWS = 20_000;
const row = (at: number): string => `user-${at % 2000},item-${(at * 7) % 1000},${1_600_000_000 + at},${'x'.repeat(200)}\n`;
const LOG = new File(['user_id,item_id,timestamp,note\n', ...Array.from({ length: ROWS }, (_, at) => row(at))], 'long.csv');

it('refuses a log that does not fit before it is read, and reads it if it fits', async () => {
  const { sources, guesses } = await inspectFiles([LOG]);
  const mappings = guesses.map(({ mapping }) => mapping);
  let read = 0;
  const reading = readIntake(sources, mappings, ({ events }) => (read = events), { memory: 1.5e6 });
  await expect(reading).rejects.toThrow(/^long\.csv: It has about (?:19|20),000 events/);
  await expect(reading).rejects.toBeInstanceOf(LogError);
  expect(read).toBeLessThan(ROWS / 3);
  const intake = await readIntake(sources, mappings, undefined, { memory: 1e8 });
  expect(survey(intake, defaultRecipe(intake)).read).toBe(ROWS);
});

it('refuses a Parquet file by its own row count, before reading any', async () => {
  const ids = Array.from({ length: ROWS }, (_, at) => at);
  const columns = ['user_id', 'item_id', 'timestamp'].map((name) => ({ name, data: Int32Array.from(ids) }));
  const { sources, guesses } = await inspectFiles([new File([parquetWriteBuffer({ columnData: columns })], 'long.parquet')]);
  const mappings = guesses.map(({ mapping }) => mapping);
  const told: number[] = [];
  const reading = readIntake(sources, mappings, ({ events }) => told.push(events), { memory: 9e5 });
  await expect(reading).rejects.toThrow(/^long\.parquet: It has about 20,000 events, .* at most 10,000 events would fit/);
  expect(told).toEqual([]);
});
