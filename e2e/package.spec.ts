/**
 * A release's files. The npm package, installed in an empty folder: the page, the command line, and the
 * library in Node and in Chromium. The page's ZIP, unpacked below a site of another kind that sends no
 * headers.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { smallLog } from './support/logs';
import { EMPTY_FOLDER_PORT, PACKAGE_PORT } from './support/ports';
import { ONE_ARM, playgroundOn, recipeHash } from './support/playground';

const run = promisify(execFile);
const ROOT = process.cwd();
const EXAMPLES = ['fineTune', 'recommend', 'ablate'] as const;
const MOST_PACKED = 40e6;
const MOST_SECONDS = 3;

test.describe.configure({ mode: 'serial', timeout: 400_000 });

let folder: string;
test.beforeAll(async () => {
  test.setTimeout(400_000);
  folder = mkdtempSync(path.join(tmpdir(), 'karma-package-'));
  const build = ['tools/release/build.mjs', path.join(folder, 'release'), '--page', 'dist', '--offline'];
  const { stdout } = await run(process.execPath, build, { cwd: ROOT });
  const packed = released(folder, '.tgz');
  expect(statSync(packed).size, stdout).toBeLessThan(MOST_PACKED);
  console.info(stdout);
  const into = path.join(folder, 'empty');
  mkdirSync(into);
  writeFileSync(path.join(into, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', packed], { cwd: into });
  folder = into;
  for (const name of EXAMPLES) cpSync(path.join(ROOT, `docs/examples/${name}.mjs`), path.join(into, `${name}.mjs`));
  cpSync(path.join(ROOT, 'public/models/wordnet-1m'), path.join(into, 'model'), { recursive: true });
  cpSync(path.join(ROOT, 'docs/method.md'), path.join(into, 'text.txt'));
  writeFileSync(path.join(into, 'log.csv'), smallLog().text);
});
test.afterAll(() => {
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

/** The file of the release with such an end. */
function released(at: string, end: string): string {
  const release = path.join(at, 'release');
  return path.join(
    release,
    readdirSync(release).find((name) => name.endsWith(end))!,
  );
}

/** Serves a folder by the package's own server, without headers. */
async function serveBare(site: string): Promise<{ url: string; close: () => void }> {
  const { serve } = (await import(pathToFileURL(path.join(folder, 'node_modules/karma-playground/serve.mjs')).href)) as {
    serve: (folder: string, headers: object, port: number) => Promise<{ url: string; close: () => void }>;
  };
  return serve(site, {}, EMPTY_FOLDER_PORT);
}

const bin = (): string => path.join(folder, 'node_modules/karma-playground/bin.mjs');

test('has no dependency, and opens the page without a build', async ({ page }) => {
  const installed = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  expect(Object.keys(installed.packages)).toEqual(['', 'node_modules/karma-playground']);
  const began = performance.now();
  const server = spawn(process.execPath, [bin(), '--port', String(PACKAGE_PORT)], { env: { ...process.env, CI: '1' } });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      server.stdout.on('data', (text: Buffer) => {
        const found = /http:\S+/.exec(text.toString())?.[0];
        if (found !== undefined) resolve(found);
      });
      server.on('exit', () => {
        reject(new Error('the server ended'));
      });
    });
    const response = await page.goto(url, { waitUntil: 'commit' });
    console.info(`first page after ${((performance.now() - began) / 1000).toFixed(1)} s (at most ${MOST_SECONDS})`);
    expect(response?.headers()['content-security-policy']).toContain("frame-ancestors 'self'");
    await expect(page.getByRole('main')).toBeVisible();
    expect((await page.request.get(`${url}../../package.json`)).status()).toBe(404);
  } finally {
    server.kill();
  }
});

test('has a checksum of every file', () => {
  const release = path.join(path.dirname(folder), 'release');
  const sums = readFileSync(path.join(release, 'SHA256SUMS'), 'utf8').trim().split('\n');
  expect(sums.map((line) => line.split('  ')[1])).toEqual(readdirSync(release).filter((name) => name !== 'SHA256SUMS'));
  for (const line of sums) {
    const [sum, name] = line.split('  ') as [string, string];
    expect(
      createHash('sha256')
        .update(readFileSync(path.join(release, name)))
        .digest('hex'),
    ).toBe(sum);
  }
});

test('the ZIP of the page trains below any path, on a host that sends no headers', async ({ page }) => {
  const below = 'a b/%C3%A4/lab';
  const site = path.join(path.dirname(folder), 'site');
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(released(path.dirname(folder), '-page.zip'))))) {
    const file = path.join(site, decodeURIComponent(below), name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  const server = await serveBare(site);
  try {
    const home = new URL(`${below}/`, server.url).href;
    const strangers: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith('http') && !request.url().startsWith(home)) strangers.push(request.url());
    });
    const playground = playgroundOn(page);
    await page.goto(home + recipeHash(ONE_ARM));
    await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready', { timeout: 120_000 });
    await playground.run.click();
    await playground.finished();
    expect(strangers).toEqual([]);
  } finally {
    server.close();
  }
});

test('asks for Dawn where it is missing, and runs an experiment where it is there', async () => {
  const experiment = (...args: string[]) => run(process.execPath, [bin(), 'experiment', ...args], { cwd: folder });
  await expect(experiment('--steps', '1')).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringContaining('npm install webgpu@'),
  });
  symlinkSync(path.join(ROOT, 'node_modules/webgpu'), path.join(folder, 'node_modules/webgpu'));
  const cache = { ...process.env, KARMA_CACHE: path.join(folder, 'cache') };
  const small = ['--arms', 'action', '--steps', '1', '--log', 'log.csv', '--out', 'run.json'];
  const { stdout } = await run(process.execPath, ['--liftoff-only', bin(), 'experiment', ...small], { cwd: folder, env: cache });
  // ONNX Runtime's WebAssembly was found, too.
  expect(stdout).toMatch(/certificate: largest difference \d/);
  const record = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as { complete: boolean };
  expect(record.complete).toBe(true);
});

interface Shown {
  readonly fineTune: { readonly before: number; readonly after: number; readonly losses: readonly number[] };
  readonly recommend: { readonly measures: Readonly<Record<string, number>>; readonly best: readonly object[] };
  readonly ablate: { readonly table: readonly Readonly<Record<string, number>>[] };
}

/** What each example must show, wherever it runs. */
function check({ fineTune, recommend, ablate }: Shown): void {
  expect(fineTune.losses.at(-1)).toBeLessThan(fineTune.losses[0]! - 0.5);
  expect(fineTune.after).toBeLessThan(fineTune.before);
  expect(recommend.measures['hr@10']).toBeGreaterThan(0.25);
  expect(recommend.best).toHaveLength(3);
  expect(ablate.table.map(({ rec }) => rec)).toEqual([0, 0.3]);
  expect(ablate.table[0]!['nats per token']).not.toBe(ablate.table[1]!['nats per token']);
}

test('the examples run in Node and in Chromium, with the same losses', async ({ page }) => {
  const source = (name: string): string => readFileSync(path.join(folder, `${name}.mjs`), 'utf8');
  for (const name of EXAMPLES) expect(source(name).trim().split('\n').length, name).toBeLessThanOrEqual(25);
  const imports = (base: string): string =>
    `Promise.all([${EXAMPLES.map((name) => `import('${base}${name}.mjs')`).join()}])
      .then(([fineTune, recommend, ablate]) => JSON.parse(JSON.stringify({ fineTune, recommend, ablate })))`;
  const inNode = async (): Promise<Shown> => {
    const code = `${imports(`${pathToFileURL(folder).href}/`)}.then((shown) => console.info('\\n' + JSON.stringify(shown)));`;
    const { stdout } = await run(process.execPath, ['--liftoff-only', '-e', code], { cwd: folder, maxBuffer: 1e9 });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Shown;
  };
  const inChromium = async (): Promise<Shown> => {
    const map = { imports: { 'karma-playground/engine': '/node_modules/karma-playground/lib/engine.js' } };
    writeFileSync(path.join(folder, 'index.html'), `<script type="importmap">${JSON.stringify(map)}</script>`);
    const server = await serveBare(folder);
    try {
      await page.goto(server.url);
      return await page.evaluate<Shown>(imports('/'));
    } finally {
      server.close();
    }
  };
  const [node, chromium] = await Promise.all([inNode(), inChromium()]);
  check(node);
  check(chromium);
  expect(chromium.fineTune.losses[0]).toBeCloseTo(node.fineTune.losses[0]!, 3);
});
