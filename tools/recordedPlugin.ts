/** Tells the page what is in the recorded runs of the site, as read from the shipped files, so that it need not fetch them to say so. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { Plugin } from 'vite';
import { writtenTexts, type WrittenText } from '../src/page/verdict/writtenTexts';
import type { RunRecord } from '../src/record/runRecord';

const SUFFIX = '.adapters.zip';

/** Defines RECORDED_ARMS, see src/recipe/recordedArms.ts, and REAL_LLM_TEXT, see src/page/verdict/realLlmText.ts. */
export function recordedPlugin(): Plugin {
  return {
    name: 'karma-recorded',
    config: ({ root = process.cwd() }) => {
      const folder = path.join(root, 'public/recorded');
      return {
        define: {
          RECORDED_ARMS: JSON.stringify(recordedArms(folder)),
          REAL_LLM_TEXT: JSON.stringify(realLlmText(folder)),
        },
      };
    },
  };
}

/** @param folder written by `npm run record` @returns arms by recorded run; runs without adapters are left out */
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

/** What the verdict on the recorded run of a real LLM quotes; null without that run. */
export function realLlmText(folder: string): WrittenText | null {
  const file = path.join(folder, 'llm.run.json.gz');
  if (!existsSync(file)) return null;
  const record = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as RunRecord;
  return writtenTexts(record, null)[0] ?? null;
}
