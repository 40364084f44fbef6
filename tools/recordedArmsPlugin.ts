/** Tells the page for which arms the site has adapters, by preset, as read from the files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import type { Plugin } from 'vite';

const SUFFIX = '.adapters.zip';

/** Defines RECORDED_ARMS, see src/recipe/recordedArms.ts. */
export function recordedArmsPlugin(): Plugin {
  return {
    name: 'karma-recorded-arms',
    config: ({ root = process.cwd() }) => ({
      define: { RECORDED_ARMS: JSON.stringify(recordedArms(path.join(root, 'public/recorded'))) },
    }),
  };
}

/** @param folder written by `npm run record` @returns arms by preset; presets without adapters are left out */
export function recordedArms(folder: string): Record<string, readonly string[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(SUFFIX)) : [];
  return Object.fromEntries(files.sort().map((file) => [file.slice(0, -SUFFIX.length), armsOf(path.join(folder, file))]));
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
