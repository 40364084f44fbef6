/** The command as a person starts it: what it prints where, and its exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runScript } from '../testing/killedProcess';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'karma-exit-'));
  writeFileSync(path.join(folder, 'letters.csv'), 'a,b\nx,y\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CASES: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['--help'], 0, /^$/],
  [
    ['--steps', 'many'],
    2,
    /^Steps \(training\.steps\) must be a whole number from 1 to 100,000, not many\.\n--help lists all options and fields\.\n$/,
  ],
  [['--inspect', '--log', 'FOLDER/letters.csv'], 2, /^letters\.csv: /],
  [['--inspect', '--log', 'FOLDER/none.csv'], 2, /none\.csv/],
  [['--mapping', 'FOLDER/none.json', '--inspect'], 2, /^--mapping: .*none\.json cannot be read/],
];

it.each(CASES)('experiment %j', async (args, code, complaint) => {
  const ended = await runScript(
    'tools/experiment.mjs',
    args.map((arg) => arg.replace('FOLDER', folder)),
  );
  expect(ended.complaints).toMatch(complaint);
  expect(ended.complaints).not.toMatch(/^\s+at /m);
  expect(ended.code).toBe(code);
  if (code === 0) expect(ended.said).toContain('npm run experiment -- [options]');
});
