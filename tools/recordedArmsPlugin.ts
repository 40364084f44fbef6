/** Tells the page of which arms the site has adapters, preset by preset: read from the files, so that what it says of them is so. */
import { existsSync, openAsBlob, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { listEntries } from '../src/log/source/zip.ts';

const SUFFIX = '.adapters.zip';

/** Defines RECORDED_ARMS, see src/recipe/recordedArms.ts. */
export function recordedArmsPlugin(): Plugin {
  return {
    name: 'karma-recorded-arms',
    async config({ root = process.cwd() }) {
      return { define: { RECORDED_ARMS: JSON.stringify(await recordedArms(path.join(root, 'public/recorded'))) } };
    },
  };
}

/** @param folder what `npm run record` writes @returns arms by preset; presets without adapters are left out */
export async function recordedArms(folder: string): Promise<Record<string, readonly string[]>> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(SUFFIX)) : [];
  const arms = files.sort().map(async (file) => {
    const entries = await listEntries(file, await openAsBlob(path.join(folder, file)));
    return [file.slice(0, -SUFFIX.length), [...new Set(entries.map((entry) => entry.path.split('/')[0]!))]] as const;
  });
  return Object.fromEntries(await Promise.all(arms));
}
