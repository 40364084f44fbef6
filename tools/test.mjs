// `npm test`: setup, checks, unit tests, the reference’s tests and the build, two at a time for two cores,
// then the page’s tests. `npm test -- gpu page` runs only those parts. `--quick`: types, lint and pure tests.
// `--all`: the page even after a failure. `--all-cases`: every case of the tables from which some are drawn.
// The last line counts: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findPython } from './python.mjs';
import { findMesa, root, setUp, testEnvironment } from './setup.mjs';

/**
 * Counts of each part; modules as one part has compiled them, for those that follow. Of this run only, so
 * that none is stale.
 */
const [results, compiled] = ['counts', 'modules'].map((folder) => path.join(root, 'test-results', folder));
for (const folder of [results, compiled]) rmSync(folder, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
/**
 * Counts of all parts so far, with the name of what failed, the reason of what was skipped, and the time of
 * each part.
 */
const total = { passed: 0, failed: 0, failures: [], skipped: [] };
const times = [];

const PARTS = ['checks', 'pure', 'gpu', 'reference', 'build', 'page'];
const flag = { type: 'boolean', default: false };
const { values: options, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { quick: flag, all: flag, 'all-cases': flag },
});
const unknown = parts.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; choose from ${PARTS.join(', ')}.`);
  process.exit(2);
}
const { quick } = options;
const wanted = (name) => (quick ? ['checks', 'pure'].includes(name) : parts.length === 0 || parts.includes(name));
const when = (name, ...some) => (wanted(name) ? some : []);
if (options['all-cases']) process.env.KARMA_ALL_CASES = '1';

/** A tool of node_modules, run by this Node. */
const tool = (name, file, args, more = {}) => ({ name, args: [path.join(root, 'node_modules', file), ...args], ...more });

// The quick parts need no browser or driver, so nothing is installed for them.
const found = quick
  ? { browser: '', shell: null, firefox: null, driver: null, ...findPython(() => false), problems: [] }
  : await setUp();
for (const problem of found.problems) console.error(problem);
// What installs packages is not part of the tests' time.
const began = performance.now();
total.failed += found.problems.length;
const env = testEnvironment(found);
// Code that is compiled once and runs long is faster on Mesa's driver.
const mesa = findMesa();
const running = mesa === null ? env : { ...env, VK_ICD_FILENAMES: mesa };

/** Vitest's projects (vitest.config.ts); a part has the name of the first. */
const vitest = (environment, ...projects) => {
  const modules = ['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${compiled}`];
  const reporters = ['--reporter=default', '--reporter=./tools/countReporter.mjs'];
  const args = ['run', ...projects.map((name) => `--project=${name}`), ...reporters, ...modules];
  return tool(projects[0], 'vitest/vitest.mjs', args, { env: environment, counted: true });
};

// Programs in Go that run for seconds: with no collection below 4 GiB, and one checker of types, as lanes
// share the cores, they take two thirds of the CPU time.
const uncollected = { env: { GOGC: 'off', GOMEMLIMIT: '4GiB' } };
const types = tool('types', 'typescript-native/bin/tsc', ['--noEmit', '--singleThreaded'], uncollected);
const lint = tool('lint', 'oxlint/bin/oxlint', ['--max-warnings', '0'], uncollected);
const format = tool('format', 'oxfmt/bin/oxfmt', ['--check', '.']);

/**
 * Imports against the direction of docs/architecture.md, and in cycles; exports, files and packages that
 * nothing uses.
 */
const rooms = { name: 'rooms', args: [path.join(root, 'tools/rooms.mjs')] };
const unused = tool('unused', 'knip/bin/knip.js', ['--no-progress']);

/** Ruff and mypy on python/, if they are installed. */
function pythonChecks() {
  const checks = {
    ruff: ['ruff', 'check', 'python'],
    'ruff format': ['ruff', 'format', '--check', 'python'],
    // A cache of PyTorch's types would be written and never read again.
    mypy: ['mypy', '--config-file', 'python/pyproject.toml', `--cache-dir=${devNull}`, 'python/karma'],
  };
  return Object.entries(checks).flatMap(([name, args]) => {
    if (found.python !== null && !found.leftOut.some((one) => one.startsWith(args[0])))
      return [{ name, command: found.python, args: ['-m', ...args] }];
    skip(name, 'it is not installed here');
    return [];
  });
}

/** PyTorch and the scripts of python/. */
function referenceParts() {
  const { python, leftOut } = found;
  if (leftOut.length > 0) skip(python === null ? 'reference' : 'parts of reference', `there is no ${leftOut.join(', ')} here`);
  if (python === null) return [];
  const folder = path.join(root, 'python');
  const single = { OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: folder };
  const args = [path.join(root, 'tools/referenceTests.py'), folder];
  return [{ name: 'reference', command: python, args, env: single, counted: true }];
}

// What fails soonest comes first, then the longest, so that short ones at the end let both lanes end
// together.
await lanes(2, [
  ...when('checks', types, lint, format),
  ...when('pure', vitest(env, 'pure', 'dom', 'mock')),
  ...when('gpu', vitest(running, 'mesa'), vitest(env, 'gpu')),
  ...(wanted('reference') ? referenceParts() : []),
  ...when('gpu', vitest(running, 'gpu-mock')),
  ...(wanted('checks') && !quick ? pythonChecks() : []),
  ...when('checks', unused),
  ...(wanted('build') || wanted('page') ? [tool('build', 'vite/bin/vite.js', ['build', '--logLevel', 'warn'])] : []),
  ...when('checks', rooms),
]);
if (wanted('page')) {
  if (total.failed > 0 && !options.all) {
    skip('page', 'something failed before; `npm test -- page` runs it alone, `npm test -- --all` all the same');
  } else {
    const args = ['test', '--reporter=list,./tools/countReporter.mjs'];
    await part(tool('page', '@playwright/test/cli.js', args, { env, counted: true }));
  }
}
report(began);

/** Skips something as a whole. */
function skip(name, reason) {
  total.skipped.push({ name, reason });
}

/**
 * Runs a command. A runner of tests (`counted`) writes `{ passed, failed: [name], skipped: [{ name, reason }]
 * }` to the file `KARMA_COUNTS`; any other command is a check, which only counts if it fails. A runner that
 * fails without a failed test, or without counts, is one failure; so is a test that is skipped without a
 * reason.
 */
async function part({ name, command = process.execPath, args, env = {}, counted = false }) {
  const began = performance.now();
  console.info(`── ${name} …`);
  const file = path.join(results, `${name}.json`);
  const { code, output } = await finished(command, args, { ...env, KARMA_COUNTS: file });
  let counts = { passed: 0, failed: [], skipped: [] };
  let problem = code === 0 ? '' : `it ended with ${code}\n`;
  if (counted) {
    try {
      counts = JSON.parse(readFileSync(file, 'utf8'));
      if (counts.passed === 0) problem += 'no test passed\n';
    } catch (error) {
      problem += `${error.message}\n`;
    }
  }
  const silent = counts.skipped.filter(({ reason }) => reason === '');
  for (const one of silent) problem += `skipped without a reason: ${one.name}\n`;
  const failed = Math.max(counts.failed.length + silent.length, problem === '' ? 0 : 1);
  const skipped = counts.skipped.filter(({ reason }) => reason !== '');
  total.passed += counts.passed;
  total.failed += failed;
  total.skipped.push(...skipped);
  total.failures.push(
    ...(counts.failed.length > 0 || problem === '' ? counts.failed : [problem.trim()]).map((one) => `${name}: ${one}`),
  );
  const seconds = (performance.now() - began) / 1000;
  times.push({ name, seconds, failed });
  const said = counted ? `, ${counts.passed} passed, ${failed} failed, ${skipped.length} skipped` : '';
  console.info(`\n${output.trimEnd()}\n${problem}── ${name}: ${failed > 0 ? 'failed' : 'ok'}, ${seconds.toFixed(0)} s${said}\n`);
}

function finished(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => chunks.push(Buffer.from(error.message)));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

/** Runs parts in order, as many at a time as there are lanes: a lane that is done takes the next. */
async function lanes(count, parts) {
  const left = [...parts];
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await part(one);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** Prints the time of each part, what was skipped and why and, as the last line, the counts. */
function report(began) {
  times.push({ name: 'in all', seconds: (performance.now() - began) / 1000, failed: total.failed });
  for (const { name, seconds, failed } of times)
    console.info(`${name.padEnd(12)} ${seconds.toFixed(0).padStart(5)} s  ${failed > 0 ? 'failed' : 'ok'}`);
  console.info('');
  for (const failure of total.failures) console.info(`failed: ${failure}`);
  for (const { name, reason } of total.skipped) console.info(`skipped: ${name}: ${reason}`);
  console.info(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
