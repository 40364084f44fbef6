// The npm package as a folder, with the page, the command line and the library as bundles.
// It has no dependencies. `packageSizes` lists its parts.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, resolveConfig } from 'vite';
import { root, withModule } from '../viteRunner.mjs';
import { buildWidget } from './widget.mjs';

/** What is imported from Node, and what is installed beside the package or not at all. */
const EXTERNAL = [/^node:/, 'webgpu', 'vite', '@playwright/test'];

/** What Vite is told to do as if in a build of its own: the largest adapters stay out. */
const mode = 'package';

/** @param folder emptied first */
export async function buildPackage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({ root, mode, logLevel: 'error', build: { outDir: path.join(folder, 'public') } });
  await bundle(path.join(folder, 'lib'));
  declare(path.join(folder, 'lib'));
  await buildWidget(path.join(folder, 'lib/widget.js'));
  for (const file of ['bin.mjs', 'serve.mjs']) cpSync(path.join(root, 'tools/package', file), path.join(folder, file));
  for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(path.join(root, file), path.join(folder, file));
  cpSync(path.join(root, 'docs/npm.md'), path.join(folder, 'README.md'));
  const { preview } = await resolveConfig({ root, logLevel: 'error' }, 'serve');
  const { name, version, description, license, engines, devDependencies } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const { webgpu } = devDependencies;
  // A workflow tells where it runs, and npm refuses provenance of another place.
  const { GITHUB_REPOSITORY: place } = process.env;
  const repository = place === undefined ? undefined : { type: 'git', url: `git+https://github.com/${place}.git` };
  writeFileSync(path.join(folder, 'facts.json'), JSON.stringify({ version, webgpu, headers: preview.headers }));
  const manifest = {
    ...{ name, version, description, license, repository, engines },
    type: 'module',
    bin: { [name]: 'bin.mjs' },
    exports: {
      './engine': { types: './lib/index.d.ts', default: './lib/engine.js' },
      './widget': './lib/widget.js',
      './package.json': './package.json',
    },
    // Only the command line and the library in Node ask for it, and it is large: whoever needs it installs
    // it.
    peerDependencies: { webgpu },
    peerDependenciesMeta: { webgpu: { optional: true } },
  };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The library and the command line as modules that share their parts. */
async function bundle(outDir) {
  // Plugins are TypeScript, which Vite reads and Node 20 does not.
  const [messages, recorded] = await Promise.all(
    ['/tools/messages/messagesPlugin.ts', '/tools/recordedArmsPlugin.ts'].map((file) =>
      withModule(file, (module) => Object.values(module).find((one) => /Plugin$/.test(one.name))),
    ),
  );
  await build({
    ...{ root, mode },
    configFile: false,
    logLevel: 'error',
    base: './',
    publicDir: false,
    plugins: [messages(), recorded()],
    worker: { format: 'es' },
    build: {
      outDir,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: { engine: path.join(root, 'src/library/index.ts'), cli: path.join(root, 'src/cli/main.ts') },
        external: EXTERNAL,
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  // The page has the same WebAssembly.
  rmSync(path.join(outDir, 'assets'), { recursive: true, force: true });
}

/**
 * Declarations of the library, which name nothing but its own types.
 * @throws Error if they name anything else
 */
function declare(outDir) {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-types-'));
  try {
    const tsc = path.join(root, 'node_modules/typescript-native/bin/tsc');
    const args = [
      '--noCheck',
      '--noEmit',
      'false',
      '--declaration',
      '--emitDeclarationOnly',
      '--rootDir',
      root,
      '--outDir',
      folder,
    ];
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', root, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
    for (const name of ['index', 'types']) {
      const text = readFileSync(path.join(folder, 'src/library', `${name}.d.ts`), 'utf8');
      const others = [...text.matchAll(/from '([^']+)'/g)].filter(([, from]) => from !== './types');
      if (others.length > 0) throw new Error(`The library's types name ${others.map(([, from]) => from).join(', ')}.`);
      writeFileSync(path.join(outDir, `${name}.d.ts`), text.replaceAll("'./types'", "'./types.js'"));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns `npm pack`'s file */
export function pack(folder, to) {
  mkdirSync(to, { recursive: true });
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--silent', '--pack-destination', to], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return path.join(to, stdout.trim().split('\n').at(-1));
}

/** Bytes of each part of the folder. */
export function packageSizes(folder) {
  const bytes = (at) =>
    statSync(at).isFile() ? statSync(at).size : readdirSync(at).reduce((sum, name) => sum + bytes(path.join(at, name)), 0);
  const parts = [...readdirSync(path.join(folder, 'public')).map((name) => `public/${name}`), 'lib'];
  return Object.fromEntries(parts.map((part) => [part, bytes(path.join(folder, part))]));
}
