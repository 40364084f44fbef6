import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pageChunks, type ModuleGraph } from './pageChunks';

const root = path.resolve(import.meta.dirname, '..').replaceAll('\\', '/');

/** A graph of the page's entries, and of modules `a`, `b`, … */
function graph(imports: Readonly<Record<string, readonly string[]>>): ModuleGraph {
  return {
    getModuleInfo: (id) => {
      const name = id.replace(`${root}/`, '');
      return name in imports ? { importedIds: imports[name]! } : null;
    },
  };
}

const ENTRIES = {
  'src/main.ts': ['language'],
  'src/app.tsx': ['language', 'page', 'both'],
  'src/embedded.tsx': ['both', 'chart'],
  'src/page/features/figure/below.ts': ['page', 'chart', 'panel'],
};

const LEAVES = { language: [], page: [], both: [], chart: [], panel: [], dialog: [] };

it('puts together what is loaded at the same time, and leaves the rest to the bundler', () => {
  const chunkOf = pageChunks(root);
  const modules = graph({ ...ENTRIES, ...LEAVES });
  const chunks = Object.fromEntries(Object.keys(LEAVES).map((id) => [id, chunkOf(id, modules)]));
  expect(chunks).toEqual({ language: null, page: 'page', both: 'shared', chart: 'figures', panel: 'below', dialog: null });
});

it('follows imports, circular ones too, but not an index of parts, of which most are dropped', () => {
  const chunkOf = pageChunks(root);
  const index = '/work/node_modules/d3/index.js';
  const modules = graph({
    ...ENTRIES,
    page: ['deep', index],
    deep: ['page'],
    [index]: ['part'],
    part: [],
    both: [],
    language: [],
  });
  expect(chunkOf('deep', modules)).toBe('page');
  expect(chunkOf('part', modules)).toBeNull();
  expect(chunkOf(index, modules)).toBeNull();
});

it('names an entry that is gone', () => {
  expect(() => pageChunks(root)('a', graph({ 'src/main.ts': [] }))).toThrow(/no module .*src\/app\.tsx/);
});

it('names entries of this program', () => {
  for (const entry of Object.keys(ENTRIES)) expect(existsSync(path.join(root, entry)), entry).toBe(true);
});
