import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { firstLoad } from './firstLoadPlugin';

const HTML = `<link rel="icon" href="./favicon.svg" /><link rel="stylesheet" crossorigin href="./assets/index.css">
<script type="module" crossorigin src="./assets/index.js"></script><link rel="modulepreload" crossorigin href="./assets/react.js">`;

it('counts scripts, preloads and styles once each, and no pictures', () => {
  const { files, bytes } = firstLoad(HTML + HTML, (file) => file);
  expect(files).toEqual(['assets/index.css', 'assets/index.js', 'assets/react.js']);
  expect(bytes).toBe(files.reduce((sum, file) => sum + gzipSync(file).length, 0));
});

it('does not pass a page that it cannot read', () => {
  expect(() => firstLoad('<p>', () => '')).toThrow(/no script/);
});
