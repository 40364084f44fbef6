/** Fails a build whose page asks for too much before it shows anything. */
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Bytes of scripts and styles, compressed as servers send them. */
export const MOST_FIRST_BYTES = 260_000;

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
      const { files, bytes } = firstLoad(String(content('index.html')), content);
      const summary = `The first load is ${(bytes / 1000).toFixed(1)} kB of scripts and styles (gzip) in ${files.length} files`;
      if (bytes > MOST_FIRST_BYTES)
        this.error(`${summary}, more than ${MOST_FIRST_BYTES / 1000} kB. Load by import() what is not seen at first.`);
      this.info(summary);
    },
  };
}

/** What a page with relative URLs loads by itself: scripts, their static imports (Vite lists them as preloads), and styles. */
export function firstLoad(
  html: string,
  content: (file: string) => string | Uint8Array,
): { readonly files: readonly string[]; readonly bytes: number } {
  const files = [...new Set([...html.matchAll(/\b(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, file]) => file!))];
  if (files.length === 0) throw new Error('index.html names no script and no style.');
  return { files, bytes: files.reduce((sum, file) => sum + gzipSync(content(file)).length, 0) };
}
