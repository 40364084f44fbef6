/** Fails a build whose page requests too much before it shows anything. */
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { EMBEDDED, PAGE } from './pageChunks.ts';

/** Maximum bytes of scripts and styles, compressed as servers send them. */
export const MOST_FIRST_BYTES = 260_000;

/** What `src/main.ts` loads, depending on the URL: the whole page, or one figure for a frame. */
const PAGES = [
  { module: PAGE, name: 'The first load' },
  { module: EMBEDDED, name: 'An embedded figure' },
] as const;

/** The relevant properties of a built script. */
export interface BuiltScript {
  /** Paths of the modules in it. */
  readonly moduleIds?: readonly string[];
  /** Scripts that it needs before it runs. */
  readonly imports: readonly string[];
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> };
}

export function firstLoadPlugin(): Plugin {
  return {
    name: 'karma-first-load',
    apply: 'build',
    writeBundle(_options, bundle) {
      const content = (file: string): string | Uint8Array => {
        const found = bundle[file];
        if (found === undefined) this.error(`index.html loads ${file}, which the build has not written.`);
        return found.type === 'chunk' ? found.code : found.source;
      };
      const scripts = new Map(Object.entries(bundle).flatMap(([file, one]) => (one.type === 'chunk' ? [[file, one]] : [])));
      const html = String(content('index.html'));
      for (const { module, name } of PAGES) {
        const { files, bytes } = firstLoad(html, module, scripts, content);
        const summary = `${name} is ${(bytes / 1000).toFixed(1)} kB of scripts and styles (gzip) in ${files.length} files`;
        if (bytes > MOST_FIRST_BYTES)
          this.error(`${summary}, more than ${MOST_FIRST_BYTES / 1000} kB. Load by import() what is not seen at first.`);
        this.info(summary);
      }
    },
  };
}

/**
 * What a page with relative URLs loads at once: what its HTML names (Vite lists static imports as preloads),
 * and what the module that it then loads needs.
 * @param module end of its path
 */
export function firstLoad(
  html: string,
  module: string,
  scripts: ReadonlyMap<string, BuiltScript>,
  content: (file: string) => string | Uint8Array,
): { readonly files: readonly string[]; readonly bytes: number } {
  const named = [...html.matchAll(/\b(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
  if (named.length === 0) throw new Error('index.html names no script and no style.');
  const [entry] = [...scripts].find(([, { moduleIds }]) => moduleIds?.some((id) => id.endsWith(`/${module}`))) ?? [];
  if (entry === undefined) throw new Error(`The build has no script of ${module}.`);
  const files = [...new Set([...named, ...needed(entry, scripts)])];
  return { files, bytes: files.reduce((sum, file) => sum + gzipSync(content(file)).length, 0) };
}

/** A script, its static imports and theirs, and their styles. */
function needed(entry: string, scripts: ReadonlyMap<string, BuiltScript>): Set<string> {
  const found = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const script = scripts.get(file);
    waiting.push(...(script?.imports ?? []), ...(script?.viteMetadata?.importedCss ?? []));
  }
  return found;
}
