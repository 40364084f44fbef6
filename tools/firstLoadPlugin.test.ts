import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { firstLoad, type BuiltScript } from './firstLoadPlugin';

const HTML = `<link rel="icon" href="./favicon.svg" /><link rel="stylesheet" crossorigin href="./assets/index.css">
<script type="module" crossorigin src="./assets/index.js"></script><link rel="modulepreload" crossorigin href="./assets/react.js">`;

const SCRIPTS = new Map<string, BuiltScript>([
  [
    'assets/app.js',
    {
      moduleIds: ['/home/karma/src/app.tsx'],
      imports: ['assets/charts.js', 'assets/react.js'],
      viteMetadata: { importedCss: new Set(['assets/app.css']) },
    },
  ],
  // Scripts that import each other.
  ['assets/charts.js', { imports: ['assets/app.js'] }],
  ['assets/embedded.js', { moduleIds: ['/home/karma/src/embedded.tsx'], imports: ['assets/react.js'] }],
]);

it('counts scripts, preloads and styles once each, and no pictures', () => {
  const { files, bytes } = firstLoad(HTML + HTML, 'src/app.tsx', SCRIPTS, (file) => file);
  expect([...files].sort()).toEqual(
    ['app.css', 'app.js', 'charts.js', 'index.css', 'index.js', 'react.js'].map((file) => `assets/${file}`),
  );
  expect(bytes).toBe(files.reduce((sum, file) => sum + gzipSync(file).length, 0));
});

it('counts for each page only what it loads', () => {
  const { files } = firstLoad(HTML, 'src/embedded.tsx', SCRIPTS, (file) => file);
  expect(files).not.toContain('assets/app.js');
  expect(files).toContain('assets/embedded.js');
});

it('rejects a page that it cannot read', () => {
  expect(() => firstLoad('<p>', 'src/app.tsx', SCRIPTS, () => '')).toThrow(/no script/);
  expect(() => firstLoad(HTML, 'src/gone.tsx', SCRIPTS, () => '')).toThrow(/src\/gone/);
});
