// Runs the parts of the tests, as many at a time as there are lanes, printing each one's output in one piece, with its time.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const results = path.join(root, 'test-results/counts');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** Counts of all parts so far, and the time of each part. */
export const total = { passed: 0, failed: 0, skipped: 0 };
const times = [];

/** File to which a runner writes its counts. */
export function resultFile(name) {
  return path.join(results, `${name}.json`);
}

/**
 * Runs a command and counts its tests with `read`, which gets the contents of its result file. Without `read` it is a check: it only counts if
 * it fails. A runner that fails without a failed test, or without counts, is one failure.
 * @returns {Promise<boolean>} whether all is well
 */
export async function part({ name, command = process.execPath, args, env = {}, read }) {
  const began = performance.now();
  console.info(`── ${name} …`);
  const { code, output } = await finished(command, args, env);
  const seconds = (performance.now() - began) / 1000;
  const { passed, failed, skipped } = countsOf(name, code, read);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  times.push({ name, seconds, said: failed > 0 ? 'failed' : 'ok' });
  const counts = read === undefined ? '' : `, ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.info(`\n${output.trimEnd()}\n── ${name}: ${failed > 0 ? 'failed' : 'ok'}, ${seconds.toFixed(0)} s${counts}\n`);
  return failed === 0;
}

function countsOf(name, code, read) {
  let ok = code === 0;
  let counts = { passed: 0, failed: 0, skipped: 0 };
  if (read !== undefined) {
    try {
      counts = { ...counts, ...read(JSON.parse(readFileSync(resultFile(name), 'utf8'))) };
      if (ok && counts.passed === 0) console.error(`${name}: no test ran`);
      ok &&= counts.passed > 0;
    } catch (error) {
      console.error(`${name}: ${error.message}`);
      ok = false;
    }
  }
  return { ...counts, failed: Math.max(counts.failed, ok ? 0 : 1) };
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
export async function lanes(count, parts) {
  const left = [...parts];
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await part(one);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** Prints the time of each part and, as the last line, the counts. */
export function report(began) {
  const width = Math.max(0, ...times.map(({ name }) => name.length));
  for (const { name, seconds, said } of times) console.info(`${name.padEnd(width)} ${seconds.toFixed(0).padStart(5)} s  ${said}`);
  console.info(`${'in all'.padEnd(width)} ${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s`);
  console.info(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
