/**
 * Which modules of the page share a script and a style sheet: those that are loaded at the same time. By
 * itself the bundler makes one of every set of modules that some of its chunks share, and the page opens with
 * eighty requests.
 */

/** The relevant properties of a bundler's module graph. */
export interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Names a module's chunk; null leaves it to the bundler. */
type ChunkOf = (id: string, graph: ModuleGraph) => string | null;

/** Before everything. */
const START = 'src/main.ts';
/** Loaded at once: by the whole page, and by one figure in a frame. */
export const PAGE = 'src/app.tsx';
export const EMBEDDED = 'src/embedded.tsx';
/** Loaded as soon as the page shows anything: the panels below the maps. */
const BELOW = 'src/page/features/figure/below.ts';

/**
 * It exports all parts of D3 again, of which the bundler drops what is unused; in a chunk of ours, all would
 * be loaded.
 */
const INDEX_OF_PARTS = '/node_modules/d3/';

/** @param root folder of the sources, absolute, with slashes */
export function pageChunks(root: string): ChunkOf {
  const parts = new Map<string, ReadonlySet<string>>();
  return (id, graph) => {
    const isIn = (entry: string): boolean => {
      let part = parts.get(entry);
      if (part === undefined) {
        part = staticallyImported(`${root}/${entry}`, graph);
        parts.set(entry, part);
      }
      return part.has(id);
    };
    if (isIn(START)) return null;
    if (isIn(PAGE)) return isIn(EMBEDDED) ? 'shared' : 'page';
    if (isIn(BELOW)) return isIn(EMBEDDED) ? 'figures' : 'below';
    return null;
  };
}

/**
 * A module and what it imports, directly or not, without what `import()` loads.
 * @throws Error if there is no such module
 */
function staticallyImported(entry: string, graph: ModuleGraph): ReadonlySet<string> {
  if (graph.getModuleInfo(entry) === null) throw new Error(`The build has no module ${entry}.`);
  const found = new Set<string>();
  const waiting = [entry];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id) || id.includes(INDEX_OF_PARTS)) continue;
    found.add(id);
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}
