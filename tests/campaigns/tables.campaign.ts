/** The test files that draw cases from tables, with all of their cases, each in a process of its own. Those of the page need its build. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Campaign } from '../../src/testing/campaign';
import { ALL_CASES } from '../../src/testing/drawnCases';
import { testFiles } from '../../tools/testFiles';

/** What Vitest, and this campaign's command, set for their own processes. */
const OF_VITEST = /^(?:VITEST.*|NODE_ENV|MODE|DEV|PROD|SSR|BASE_URL|TEST|KARMA_LONG)$/;

/** Runs a script of node_modules. @throws Error with the end of its output if it fails */
async function runTool(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<void> {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_VITEST.test(name));
  const env = { ...Object.fromEntries(inherited), ...more };
  try {
    await promisify(execFile)(process.execPath, [...args], { env, maxBuffer: 2 ** 28 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${args.join(' ')} failed.\n${(stdout + stderr).slice(-10_000)}`, { cause: error });
  }
}

/** Runs a test file with all cases. @param driver of which its device is, if not the usual one @returns how many tests passed */
async function passedIn(file: string, driver: string | undefined, report: string): Promise<number> {
  if (file.startsWith('e2e')) {
    const args = ['node_modules/@playwright/test/cli.js', 'test', file, '--reporter=list,json'];
    await runTool(args, { [ALL_CASES]: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: report });
    return (JSON.parse(readFileSync(report, 'utf8')) as { readonly stats: { readonly expected: number } }).stats.expected;
  }
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  await runTool(['node_modules/vitest/vitest.mjs', 'run', file, ...reporters], {
    [ALL_CASES]: '1',
    ...(driver !== undefined && { VK_ICD_FILENAMES: driver }),
  });
  return (JSON.parse(readFileSync(report, 'utf8')) as { readonly numPassedTests: number }).numPassedTests;
}

const campaign: Campaign = {
  claim: 'a test passes with every case of the table from which `npm test` draws some',
  cases: 23,
  sample: 0,
  summed: ['tests'],
  open: async () => {
    const { kernels, ...others } = testFiles('.');
    const specs = readdirSync('e2e').map((file) => path.join('e2e', file));
    const files = [...kernels, ...Object.values(others).flat(), ...specs.filter((file) => file.endsWith('.spec.ts'))]
      .filter((file) => !file.endsWith('drawnCases.test.ts') && /\bdrawn(?:Cases|Ways)\(/.test(readFileSync(file, 'utf8')))
      .sort();
    await runTool(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
    return {
      cases: files.length,
      run: async (index) => {
        const folder = mkdtempSync(path.join(tmpdir(), 'karma-tables-'));
        try {
          const file = files[index]!;
          // The driver that `npm test` takes for it.
          const driver = kernels.includes(file) ? undefined : process.env.KARMA_MESA;
          const passed = await passedIn(file, driver, path.join(folder, 'report.json'));
          expect(passed).toBeGreaterThan(0);
          return { tests: passed };
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    };
  },
};
export default campaign;
