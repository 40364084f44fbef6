/** Tells the page which recorded runs the site has, and for which of their arms adapters, as read from the files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import type { Plugin } from 'vite';

const RUN = '.run.json.gz';
const ADAPTERS = '.adapters.zip';

/** Defines RECORDED_ARMS, see src/recipe/recordedArms.ts. */
export function recordedArmsPlugin(): Plugin {
  return {
    name: 'karma-recorded-arms',
    config: ({ root = process.cwd() }) => ({
      define: { RECORDED_ARMS: JSON.stringify(recordedArms(path.join(root, 'public/recorded'))) },
    }),
  };
}

/** @param folder written by `npm run record` @returns by run, the arms that have adapters */
export function recordedArms(folder: string): Record<string, readonly string[]> {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const runs = files.flatMap((file) => (file.endsWith(RUN) ? [file.slice(0, -RUN.length)] : []));
  return Object.fromEntries(
    runs.map((id) => [id, files.includes(id + ADAPTERS) ? armsOf(path.join(folder, id + ADAPTERS)) : []]),
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
