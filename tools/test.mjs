// `npm test`: set-up, checks, unit tests, the reference's tests, the build and the page's tests.
// `npm test -- unit page` runs only those parts. The last line counts all tests: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = path.join(root, 'test-results/counts');
const parts = process.argv.slice(2);
const PARTS = ['checks', 'unit', 'reference', 'build', 'page'];
const unknown = parts.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; take some of ${PARTS.join(', ')}.`);
  process.exit(2);
}
const wanted = (part) => parts.length === 0 || parts.includes(part);

let passed = 0;
let failed = 0;

/** Runs a command under a heading. @returns whether it exited with 0 */
function run(title, command, args, env = {}) {
  const start = performance.now();
  console.info(`\n── ${title}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) console.error(error.message);
  console.info(`── ${title}: ${status === 0 ? 'ok' : 'failed'}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return status === 0;
}

/** A tool of node_modules, run by this Node. */
function npmTool(title, file, args, env) {
  return run(title, process.execPath, [path.join(root, 'node_modules', file), ...args], env);
}

/** A check is no test: it only counts when it fails, so that a failed run never closes with `0 failed`. */
function check(ok) {
  if (!ok) failed += 1;
  return ok;
}

/** Adds the counts that a test runner wrote. A runner that fails without a failed test (or without counts) is one failure. */
function count(ok, file, read) {
  let counts = { passed: 0, failed: 0 };
  try {
    counts = read(JSON.parse(readFileSync(path.join(results, file), 'utf8')));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    ok = false;
  }
  if (ok && counts.passed === 0) console.error(`${file}: no test ran`);
  passed += counts.passed;
  failed += Math.max(counts.failed, ok && counts.passed > 0 ? 0 : 1);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const { browser, driver, python, problems } = await setUp();
for (const problem of problems) console.error(problem);
failed += problems.length;
const env = {
  CHROME_PATH: browser,
  // SwiftShader compiles faster than Mesa's driver; VK_ICD_FILENAMES, where set, stays.
  ...(driver !== null && process.env.VK_ICD_FILENAMES === undefined ? { VK_ICD_FILENAMES: driver } : {}),
};

if (wanted('checks')) {
  check(npmTool('types', 'typescript/bin/tsc', ['--noEmit']));
  check(npmTool('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']));
  check(npmTool('format', 'prettier/bin/prettier.cjs', ['--check', '.']));
}
if (wanted('unit')) {
  const out = path.join(results, 'unit.json');
  const ok = npmTool(
    'unit tests',
    'vitest/vitest.mjs',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${out}`],
    env,
  );
  count(ok, 'unit.json', ({ numPassedTests, numFailedTests }) => ({ passed: numPassedTests, failed: numFailedTests }));
}
if (wanted('reference')) {
  if (python === null) console.info('\n── reference: left out, there is no PyTorch here');
  else {
    const reference = path.join(root, 'python');
    const single = { OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: reference };
    const tests = [path.join(root, 'tools/referenceTests.py'), reference, path.join(results, 'reference.json')];
    count(run('reference', python, tests, single), 'reference.json', (counts) => counts);
    check(run('reference: finite differences', python, ['-m', 'oracle.make_fixtures', '--check'], single));
  }
}
if (wanted('build') || wanted('page')) {
  const built = check(npmTool('build', 'vite/bin/vite.js', ['build']));
  if (built && wanted('page')) {
    const out = path.join(results, 'page.json');
    const ok = npmTool('page', '@playwright/test/cli.js', ['test', '--reporter=list,json'], {
      ...env,
      PLAYWRIGHT_JSON_OUTPUT_FILE: out,
    });
    count(ok, 'page.json', ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected }));
  }
}

console.info(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
