/** The command as a user starts it: what it prints where, and its exit code. */
import { expect, it } from 'vitest';
import { runScript } from '../testing/killedProcess';

/** Each is a process of some seconds; other cases are in explained.mesa.test.ts and options.test.ts. */
const CASES: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['--help'], 0, /^$/],
  [['--inspect', '--log', 'nowhere/none.csv'], 2, /^nowhere\/none\.csv: no such file or directory\.\n$/],
];

it.each(CASES)('experiment %j', async (args, code, complaint) => {
  const ended = await runScript('tools/experiment.mjs', args);
  expect(ended.complaints).toMatch(complaint);
  expect(ended.complaints).not.toMatch(/^\s+at /m);
  expect(ended.code).toBe(code);
  if (code === 0) expect(ended.said).toContain('npm run experiment -- [options]');
});
