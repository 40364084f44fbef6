/** All texts of the program, and the files of its languages. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { extract } from './extract.ts';

export const TRANSLATED = ['ko', 'zh-CN'] as const;

export interface ProgramText {
  readonly text: string;
  /** `src/page/shell/App.tsx:12`. */
  readonly places: readonly string[];
}

export interface ProgramTexts {
  /** In order. */
  readonly texts: readonly ProgramText[];
  readonly problems: readonly string[];
}

export function programTexts(root: string): ProgramTexts {
  const places = new Map<string, string[]>();
  const problems: string[] = [];
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('src', file.split(path.sep).join('/')))
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|campaign|d)\.tsx?$|^src\/testing\//.test(file))
    .sort();
  for (const file of files) {
    const found = extract(file, readFileSync(path.join(root, file), 'utf8'));
    problems.push(...found.problems, ...(file.startsWith('src/cli/') ? [] : found.untranslated));
    for (const { text, line } of found.texts) places.set(text, [...(places.get(text) ?? []), `${file}:${line}`]);
  }
  return { texts: inOrder([...places]).map(([text, at]) => ({ text, places: at })), problems };
}

export type CatalogFile = Readonly<Record<string, string>>;

export function readCatalog(root: string, id: string): CatalogFile {
  return JSON.parse(readFileSync(fileOf(root, id), 'utf8')) as CatalogFile;
}

/** In order of the English texts. */
export function writeCatalog(root: string, id: string, catalog: CatalogFile): void {
  writeFileSync(fileOf(root, id), `${JSON.stringify(Object.fromEntries(inOrder(Object.entries(catalog))), null, 2)}\n`);
}

function fileOf(root: string, id: string): string {
  return path.join(root, 'src/words/locales', `${id}.json`);
}

/** By code points, so that every machine writes the same file. */
export function inOrder<Of>(entries: readonly (readonly [string, Of])[]): (readonly [string, Of])[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
