/**
 * Which modules of the page share a script and a style sheet: those that are loaded at the same time. By itself the bundler makes one of every set of
 * modules that some of its chunks share, and the page opens with eighty requests.
 */

/** The relevant properties of a bundler's module graph. */
export interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Names a module's chunk; null leaves it to the bundler. */
type ChunkOf = (id: string, graph: ModuleGraph) => string | null;

/** Loaded at once: by the whole page, and by one figure in a frame. */
const PAGE = ['src/app.tsx'];
const EMBEDDED = ['src/embedded.tsx'];
/** Loaded as soon as the page shows anything: the panels below the maps, and their styles. */
const BELOW = ['src/page/figure/below.ts'];
/** Before either. */
const START = ['src/main.ts'];

/** Of its parts, which its index exports again, the bundler drops what is unused; together they would be loaded. */
const INDEX_OF_PARTS = '/node_modules/d3/';

/** @param root folder of the sources, absolute, with slashes */
export function pageChunks(root: string): ChunkOf {
  const parts = new Map<readonly string[], ReadonlySet<string>>();
  return (id, graph) => {
    const isIn = (entries: readonly string[]): boolean => {
      let part = parts.get(entries);
      if (part === undefined) {
        part = staticallyImported(
          entries.map((entry) => `${root}/${entry}`),
          graph,
        );
        parts.set(entries, part);
      }
      return part.has(id);
    };
    if (isIn(START)) return null;
    const embedded = isIn(EMBEDDED);
    if (isIn(PAGE)) return embedded ? 'shared' : 'page';
    if (isIn(BELOW)) return embedded ? 'figures' : 'below';
    return null;
  };
}

/** Modules and what they import, directly or not, without what `import()` loads. @throws Error if there is no such module */
function staticallyImported(entries: readonly string[], graph: ModuleGraph): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...entries];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id) || id.includes(INDEX_OF_PARTS)) continue;
    const module = graph.getModuleInfo(id);
    if (module === null && entries.includes(id)) throw new Error(`The build has no module ${id}.`);
    found.add(id);
    waiting.push(...(module?.importedIds ?? []));
  }
  return found;
}
