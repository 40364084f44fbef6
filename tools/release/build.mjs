// `node tools/release/build.mjs FOLDER [--page DIST] [--offline]`: a release's files: the page as a ZIP, the
// npm package, the Python wheel, SHA256SUMS. `--page` takes a build of the page that is there. `--offline`
// leaves the wheel out where setuptools is not installed, and says so.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { build } from 'vite';
import { buildPackage, pack, packageSizes } from '../package/build.mjs';
import { root } from '../viteRunner.mjs';

/** Of every file in the ZIP, so that the same build gives the same bytes. */
const DATE = new Date(2026, 0, 1);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { page: { type: 'string' }, offline: { type: 'boolean' } },
});
const folder = path.resolve(positionals[0] ?? path.join(root, 'dist-release'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const work = mkdtempSync(path.join(tmpdir(), 'karma-release-'));
try {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const page = values.page === undefined ? path.join(work, 'page') : path.resolve(values.page);
  if (values.page === undefined) await build({ root, logLevel: 'error', build: { outDir: page } });
  writeFileSync(path.join(folder, `${name}-${version}-page.zip`), zipped(page));
  await buildPackage(path.join(work, 'package'));
  for (const [part, size] of Object.entries(packageSizes(path.join(work, 'package')))) say(size, `  of the package: ${part}`);
  pack(path.join(work, 'package'), folder);
  wheel(folder);
  const files = readdirSync(folder).sort();
  const sums = files.map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(path.join(folder, file)))
        .digest('hex')}  ${file}\n`,
  );
  writeFileSync(path.join(folder, 'SHA256SUMS'), sums.join(''));
  for (const file of files) say(statSync(path.join(folder, file)).size, file);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function say(bytes, what) {
  console.info(`${(bytes / 1e6).toFixed(2).padStart(7)} MB  ${what}`);
}

/** A folder as a ZIP, entries in order. */
function zipped(from) {
  const names = readdirSync(from, { recursive: true }).filter((name) => statSync(path.join(from, name)).isFile());
  const entries = names.sort().map((name) => [name.split(path.sep).join('/'), readFileSync(path.join(from, name))]);
  return zipSync(Object.fromEntries(entries), { level: 6, mtime: DATE });
}

/** The Python package, with setuptools that is installed or, where there is a registry, that pip fetches. */
function wheel(to) {
  const having = (modules) =>
    ['python3', '/usr/bin/python3'].find((one) => spawnSync(one, ['-c', `import ${modules}`]).status === 0);
  const own = having('pip, setuptools, wheel');
  if (own === undefined && values.offline) {
    console.warn('No wheel: there is no Python with pip, setuptools and wheel here.');
    return;
  }
  const python = own ?? having('pip');
  if (python === undefined) throw new Error('The wheel needs a Python with pip.');
  const args = ['-m', 'pip', 'wheel', path.join(root, 'python'), '--no-deps', '--quiet', '--wheel-dir', to];
  const { status, stderr } = spawnSync(python, [...args, ...(own === undefined ? [] : ['--no-build-isolation'])], {
    encoding: 'utf8',
  });
  // Setuptools leaves these beside the source, and would pack what is in the first again.
  for (const left of ['build', 'karma_playground.egg-info'])
    rmSync(path.join(root, 'python', left), { recursive: true, force: true });
  if (status !== 0) throw new Error(stderr);
}
