/**
 * Tells the page which recorded runs the site has, and for which of their arms adapters, as read from the
 * files.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import type { Plugin } from 'vite';

const RUN = '.run.json.gz';
const ADAPTERS = '.adapters.zip';

/**
 * `vite build --mode package`: the page of the npm package, which has no room for adapters of more bytes than
 * this.
 */
const PACKAGE = 'package';
const MOST_PACKAGED = 4e6;

/** Defines RECORDED_ARMS, see src/recipe/recordedArms.ts. */
export function recordedArmsPlugin(): Plugin {
  let left = '';
  return {
    name: 'karma-recorded-arms',
    config: ({ root = process.cwd() }, { mode }) => {
      const most = mode === PACKAGE ? MOST_PACKAGED : Infinity;
      return { define: { RECORDED_ARMS: JSON.stringify(recordedArms(path.join(root, 'public/recorded'), most)) } };
    },
    configResolved: ({ root, mode, build: { outDir } }) => {
      left = mode === PACKAGE ? path.resolve(root, outDir, 'recorded') : '';
    },
    // Before the list of the build's files is made.
    writeBundle: () => {
      if (!existsSync(left)) return;
      for (const file of readdirSync(left).map((name) => path.join(left, name)))
        if (file.endsWith(ADAPTERS) && statSync(file).size > MOST_PACKAGED) rmSync(file);
    },
  };
}

/**
 * @param folder written by `npm run record`
 * @param most bytes of adapters that are there
 * @returns by run, the arms that have adapters
 */
export function recordedArms(folder: string, most = Infinity): Record<string, readonly string[]> {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const runs = files.flatMap((file) => (file.endsWith(RUN) ? [file.slice(0, -RUN.length)] : []));
  return Object.fromEntries(
    runs.map((id) => {
      const file = path.join(folder, id + ADAPTERS);
      return [id, existsSync(file) && statSync(file).size <= most ? armsOf(file) : []];
    }),
  );
}

/** The folders of an archive, of which only the directory is read. */
function armsOf(archive: string): string[] {
  const arms = new Set<string>();
  unzipSync(readFileSync(archive), {
    filter: ({ name }) => {
      arms.add(name.split('/')[0]!);
      return false;
    },
  });
  return [...arms];
}
