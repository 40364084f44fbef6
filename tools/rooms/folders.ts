/** Cycles among folders. */
import path from 'node:path';

export interface Import {
  readonly from: string;
  readonly to: string;
}

/** By folder, the folders that it imports, with the first import of each. */
type Folders = ReadonlyMap<string, ReadonlyMap<string, Import>>;

function foldersOf(imports: readonly Import[]): Folders {
  const folders = new Map<string, Map<string, Import>>();
  for (const one of imports) {
    const [from, to] = [path.posix.dirname(one.from), path.posix.dirname(one.to)];
    const imported = folders.get(from) ?? new Map<string, Import>();
    folders.set(from, imported);
    if (from !== to && !imported.has(to)) imported.set(to, one);
  }
  return folders;
}

function isInPage({ from, to }: Import): boolean {
  return from.startsWith('src/page/') && to.startsWith('src/page/');
}

/**
 * What is wrong with imports from folder to folder: cycles within `src/page`, and elsewhere pairs that import
 * each other and are not tolerated, or are no longer there.
 * @param tolerated as `a <-> b`, in the order of their names
 */
export function folderProblems(imports: readonly Import[], tolerated: readonly string[]): string[] {
  const pairs = mutualPairs(foldersOf(imports.filter((one) => !isInPage(one))));
  const within = foldersOf(imports.filter(isInPage));
  return [
    ...[...pairs].filter(([pair]) => !tolerated.includes(pair)).map(([pair, by]) => `folders import each other: ${pair}\n${by}`),
    ...tolerated.filter((pair) => !pairs.has(pair)).map((pair) => `no longer a pair, so no longer to be tolerated: ${pair}`),
    ...cycles(within).map((by) => `a cycle of the page's folders:\n${by}`),
  ];
}

/** Pairs that import each other, with an import in each direction. */
function mutualPairs(folders: Folders): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const [one, imported] of folders) {
    for (const [other, there] of imported) {
      const back = folders.get(other)?.get(one);
      if (back !== undefined && one < other) pairs.set(`${one} <-> ${other}`, lines([there, back]));
    }
  }
  return pairs;
}

/** The shortest cycle through each folder that is in one, as the imports that make it. */
function cycles(folders: Folders): string[] {
  const found = [...folders.keys()].flatMap((folder) => shortestCycle(folders, folder) ?? []);
  return [...new Set(found)];
}

function shortestCycle(folders: Folders, start: string): string | null {
  const ways = new Map<string, readonly Import[]>([[start, []]]);
  for (const [folder, way] of ways) {
    for (const [next, by] of folders.get(folder) ?? []) {
      if (next === start) return lines([...way, by]);
      if (!ways.has(next)) ways.set(next, [...way, by]);
    }
  }
  return null;
}

/** In an order that does not depend on where a cycle begins. */
function lines(imports: readonly Import[]): string {
  const each = imports.map(({ from, to }) => `  ${from} → ${to}`);
  return each.sort().join('\n');
}
