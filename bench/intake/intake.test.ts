import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diskSource } from '../../src/cli/diskSource';
import { loadModel } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import { generateFiles } from './generate';
import { intakeTable } from './report';
import { measureIntake } from './work';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'karma-intake-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('reads the same log from CSV and Parquet, and reports the time of each stage', async () => {
  const sizes = { events: 2000, items: 200, users: 200 };
  const model = await loadModel(diskSource('public/models/wordnet-1m'), 'wordnet-1m', () => undefined, createTokenizer);
  const counts = [];
  for (const format of ['csv', 'parquet'] as const) {
    const paths = await generateFiles(folder, format, sizes);
    const files = paths.map((file) => new File([Uint8Array.from(readFileSync(file))], path.basename(file)));
    const measured = await measureIntake(files, model);
    counts.push([measured.events, measured.users, measured.items]);
    const table = intakeTable([{ ...measured, name: format, before: 1e5, peakResident: 1e6, peakHeap: null }]);
    expect(table.split('\n')).toHaveLength(2 + measured.stages.length + 7);
    expect(table).not.toContain('NaN');
  }
  expect(counts[0]).toEqual(counts[1]);
  expect(counts[0]![2]).toBe(sizes.items);
  // A few events share user, item and time; users with fewer than three are removed.
  expect(counts[0]![0]).toBeGreaterThan(1900);
});
