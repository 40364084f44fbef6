import { expect, it } from 'vitest';
import { LogError } from '../types';
import { defaultRecipe, inspectFiles, readIntake, survey } from './intake';
import { roomProblem } from './room';

it('tells from the first megabyte how many events would fit', () => {
  const start = { events: 20_000, names: 15_000, characters: 100_000, done: 1e6, total: 1e9 };
  expect(roomProblem(start, 4e9)).toBeNull();
  expect(roomProblem(start, 1e9)).toBe(
    'It has about 20,000,000 events, which would take more than 1.8 GB of memory. ' +
      'A log may take 1.0 GB here: about 11,078,888 events would fit. Open a part of it: fewer users, or a shorter time.',
  );
  // What is named alone is too much.
  expect(roomProblem({ ...start, names: 1e7 }, 1e9)).toContain('about 0 events would fit');
});

const ROWS = 20_000;
const row = (at: number): string => `user-${at % 2000},item-${(at * 7) % 1000},${1_600_000_000 + at},${'x'.repeat(200)}\n`;
const LOG = new File(['user_id,item_id,timestamp,note\n', ...Array.from({ length: ROWS }, (_, at) => row(at))], 'long.csv');

it('refuses a log that does not fit before it is read, and reads it where it fits', async () => {
  const { sources, guesses } = await inspectFiles([LOG]);
  const mappings = guesses.map(({ mapping }) => mapping);
  let read = 0;
  const reading = readIntake(sources, mappings, ({ events }) => (read = events), { memory: 1.5e6 });
  await expect(reading).rejects.toThrow(/^long\.csv: It has about [12]\d,\d{3} events/);
  await expect(reading).rejects.toBeInstanceOf(LogError);
  expect(read).toBeLessThan(ROWS / 3);
  const intake = await readIntake(sources, mappings, undefined, { memory: 1e8 });
  expect(survey(intake, defaultRecipe(intake)).read).toBe(ROWS);
});
