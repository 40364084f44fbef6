// `npm test`: setup, checks, unit tests, the reference’s tests and the build, two at a time for two cores, then the page’s tests.
// `npm test -- gpu page` runs only those parts; `--quick` runs types, lint and pure tests; `--all` runs the page even after a failure.
// The last line counts all tests: `N passed, N failed`.
import { rmSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { lanes, part, report, resultFile, root, total } from './parts.mjs';
import { findPython } from './python.mjs';
import { findMesa, setUp, testEnvironment } from './setup.mjs';

const PARTS = ['checks', 'pure', 'gpu', 'reference', 'build', 'page'];
const options = process.argv.slice(2).filter((word) => word.startsWith('--'));
const parts = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = [
  ...parts.filter((name) => !PARTS.includes(name)),
  ...options.filter((name) => !['--quick', '--all'].includes(name)),
];
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; choose from ${PARTS.join(', ')}, or --quick, or --all.`);
  process.exit(2);
}
const quick = options.includes('--quick');
const wanted = (name) => (quick ? ['checks', 'pure'].includes(name) : parts.length === 0 || parts.includes(name));
const when = (name, ...of) => (wanted(name) ? of : []);

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

/** Modules as one part has compiled them, for those that follow; new for each run of this program, so that none is stale. */
const compiled = path.join(root, 'test-results', 'modules');
rmSync(compiled, { recursive: true, force: true });

const vitest = (project, environment = env, ...further) =>
  tool(
    project,
    'vitest/vitest.mjs',
    [
      'run',
      ...[project, ...further].map((name) => `--project=${name}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${resultFile(project)}`,
      '--experimental.fsModuleCache',
      `--experimental.fsModuleCachePath=${compiled}`,
    ],
    {
      env: environment,
      read: (json) => ({ passed: json.numPassedTests, failed: json.numFailedTests, skipped: json.numPendingTests }),
    },
  );

// Programs in Go that run for seconds: with no collection below 4 GiB, and one checker of types, as lanes share the cores, they take two thirds of the CPU time.
const uncollected = { env: { GOGC: 'off', GOMEMLIMIT: '4GiB' } };
const types = tool('types', 'typescript-native/bin/tsc', ['--noEmit', '--singleThreaded'], uncollected);
const lint = tool('lint', 'oxlint/bin/oxlint', ['--max-warnings', '0'], uncollected);
const format = tool('format', 'oxfmt/bin/oxfmt', ['--check', '.']);

/** Imports against the direction of docs/architecture.md, and in cycles; exports, files and packages that nothing uses. */
const rooms = { name: 'rooms', args: [path.join(root, 'tools/rooms.mjs')] };
const unused = tool('unused', 'knip/bin/knip.js', ['--no-progress']);

/** Ruff and mypy on python/, if they are installed. */
function pythonChecks() {
  const { python, leftOut } = found;
  const module = (name, ...args) => ({ name, command: python, args: ['-m', ...args] });
  const checks = [
    module('ruff', 'ruff', 'check', 'python'),
    module('ruff format', 'ruff', 'format', '--check', 'python'),
    // A cache of PyTorch's types would be written and never read again.
    module('mypy', 'mypy', '--config-file', 'python/pyproject.toml', `--cache-dir=${devNull}`, 'python/karma'),
  ];
  const isHere = ({ name }) => python !== null && !leftOut.some((requirement) => requirement.startsWith(name.split(' ')[0]));
  for (const one of checks) if (!isHere(one)) console.info(`── ${one.name}: left out, it is not installed here`);
  return checks.filter(isHere);
}

/** PyTorch and the scripts of python/. */
function referenceParts() {
  if (found.python === null) {
    console.info(`── reference: left out, there is no ${found.leftOut.join(', ')} here`);
    return [];
  }
  const folder = path.join(root, 'python');
  const single = { OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: folder };
  if (found.leftOut.length > 0) console.info(`── left out: what needs ${found.leftOut.join(', ')}`);
  const tests = [path.join(root, 'tools/referenceTests.py'), folder, resultFile('reference')];
  return [{ name: 'reference', command: found.python, args: tests, env: single, read: (counts) => counts }];
}

// What fails soonest comes first, then the longest, so that short ones at the end let both lanes end together.
await lanes(2, [
  ...when('checks', types, lint, format),
  ...when('pure', vitest('pure', env, 'components', 'replacing')),
  ...when('gpu', vitest('experiments', running), vitest('kernels')),
  ...(wanted('reference') ? referenceParts() : []),
  ...when('gpu', vitest('apart', running)),
  ...(wanted('checks') && !quick ? pythonChecks() : []),
  ...when('checks', unused),
  ...(wanted('build') || wanted('page') ? [tool('build', 'vite/bin/vite.js', ['build', '--logLevel', 'warn'])] : []),
  ...when('checks', rooms),
]);
if (wanted('page')) {
  if (total.failed > 0 && !options.includes('--all')) {
    console.info('── page: left out after a failure; `npm test -- page` runs it alone, `npm test -- --all` all the same\n');
  } else {
    const args = ['test', '--reporter=list,json'];
    await part(
      tool('page', '@playwright/test/cli.js', args, {
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: resultFile('page') },
        read: ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }),
      }),
    );
  }
}
report(began);
