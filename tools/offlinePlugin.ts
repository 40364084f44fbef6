/**
 * Adds to the build a service worker that caches all of its files, `serviceWorker.js`, with their list and
 * SHA-256 prepended, and the list of all files, `files.json`, from which the page makes an offline copy of
 * itself.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { ONLINE_RETAIL } from '../src/log/siteLogs.ts';

/** What the page opens with: `recordedFiles` of the first preset, and `RATES_FILE`. */
const OPENING = ['recorded/strong.run.json.gz', 'recorded/rates.json.gz'];
const SOURCE = 'src/offline/serviceWorker.ts';
const SCRIPT = 'serviceWorker.js';
/** `BUILD_LIST` of src/page/state/offline/offlineCopy.ts. */
const LIST = 'files.json';
/** Serves an offline copy; not part of the page. */
const SERVER = 'serve.py';

export function offlinePlugin(): Plugin {
  let folder = '';
  return {
    name: 'karma-offline',
    apply: 'build',
    configResolved({ root, build }) {
      folder = path.resolve(root, build.outDir);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: SOURCE, fileName: SCRIPT });
    },
    // Runs after everything, including files of public/, has been written.
    closeBundle() {
      const script = path.join(folder, SCRIPT);
      const code = readFileSync(script, 'utf8');
      const build = listBuild(folder);
      writeFileSync(script, `const BUILD = ${JSON.stringify(build)};\n${code}`);
      writeFileSync(path.join(folder, LIST), JSON.stringify({ version: build.version, files: hashAll(folder) }));
    },
  };
}

/** Recorded runs except for what the page opens with, and logs beside the sample: fetched on demand. */
function onDemand(file: string): boolean {
  return file.startsWith(`${ONLINE_RETAIL.folder}/`) || (file.startsWith('recorded/') && !OPENING.includes(file));
}

type Hashes = Readonly<Record<string, readonly string[]>>;

/**
 * What the service worker caches of a build's folder, at once and on demand, with the SHA-256 that the bytes
 * of each may have.
 */
export function listBuild(folder: string): { readonly version: string; readonly files: Hashes; readonly later: Hashes } {
  const files = filesOf(folder).filter((file) => file !== SCRIPT && file !== SERVER && !/\.(md|map)$/.test(file));
  const version = createHash('sha256');
  const hashes = files.map((file): [string, readonly string[]] => {
    const bytes = readFileSync(path.join(folder, file));
    version.update(`${file}\0`).update(bytes);
    // Some servers redirect from the page's file to its folder.
    return [file === 'index.html' ? '' : file, hashesOf(file, bytes)];
  });
  return {
    version: version.digest('hex').slice(0, 16),
    files: Object.fromEntries(hashes.filter(([file]) => !onDemand(file))),
    later: Object.fromEntries(hashes.filter(([file]) => onDemand(file))),
  };
}

/** The SHA-256 that the bytes of every file may have, including the service worker. */
function hashAll(folder: string): Hashes {
  const files = filesOf(folder).filter((file) => !file.endsWith('.map'));
  return Object.fromEntries(files.map((file) => [file, hashesOf(file, readFileSync(path.join(folder, file)))]));
}

/** Paths with slashes, relative to the folder, in order, without an earlier build's list. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)).split(path.sep).join('/'))
    .filter((file) => file !== LIST)
    .sort();
}

/** Some servers send compressed files unpacked. */
function hashesOf(file: string, bytes: Buffer): string[] {
  const mayBe = file.endsWith('.gz') ? [bytes, gunzipSync(bytes)] : [bytes];
  return mayBe.map((content) => createHash('sha256').update(content).digest('hex'));
}
