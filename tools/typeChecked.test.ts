import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

it('no two files of TypeScript differ in their extension only: the compiler would read one, and the other would not be checked', () => {
  const files = ['bench', 'e2e', 'src', 'tests', 'tools']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)))
    .filter((file) => /\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(1000);
  const names = files.map((file) => file.replace(/(?:\.d)?\.tsx?$/, ''));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
