import { describe, expect, it } from 'vitest';
import { exportedNames, sharedNames } from './exportedNames.ts';
import { wideComments } from './wideComments.ts';
import { folderProblems, type Import } from './folders.ts';

function imports(...lines: readonly string[]): Import[] {
  return lines.map((line) => {
    const [from, to] = line.split(' → ') as [string, string];
    return { from, to };
  });
}

const STRAIGHT = imports('src/a/one.ts → src/a/two.ts', 'src/a/one.ts → src/b/one.ts', 'src/b/one.ts → src/c/one.ts');
const PAIR = [...STRAIGHT, ...imports('src/b/two.ts → src/a/two.ts')];
const PAGE = imports(
  'src/page/a/one.ts → src/page/b/one.ts',
  'src/page/b/two.ts → src/page/c/one.ts',
  'src/page/c/two.ts → src/page/a/two.ts',
  'src/page/d/one.ts → src/page/a/one.ts',
);

describe('folders', () => {
  it('may import in one direction', () => {
    expect(folderProblems(STRAIGHT, [])).toEqual([]);
  });

  it('may not import each other through different files', () => {
    expect(folderProblems(PAIR, [])).toEqual([
      'folders import each other: src/a <-> src/b\n  src/a/one.ts → src/b/one.ts\n  src/b/two.ts → src/a/two.ts',
    ]);
    expect(folderProblems(PAIR, ['src/a <-> src/b'])).toEqual([]);
  });

  it('are no longer tolerated once they do not', () => {
    expect(folderProblems(STRAIGHT, ['src/a <-> src/b'])).toEqual([
      'no longer a pair, so no longer to be tolerated: src/a <-> src/b',
    ]);
  });

  it('of the page have no cycle of any length, once, and none that is tolerated', () => {
    expect(folderProblems(PAGE, [])).toEqual([
      "a cycle of the page's folders:\n" +
        '  src/page/a/one.ts → src/page/b/one.ts\n  src/page/b/two.ts → src/page/c/one.ts\n  src/page/c/two.ts → src/page/a/two.ts',
    ]);
    const pair = imports('src/page/App.tsx → src/page/a/one.ts', 'src/page/a/one.ts → src/page/format.ts');
    expect(folderProblems(pair, ['src/page <-> src/page/a'])).toHaveLength(2);
  });

  it('of the page and of another room are a pair like others', () => {
    const pair = imports('src/page/a/one.ts → src/learn/one.ts', 'src/learn/one.ts → src/page/a/two.ts');
    expect(folderProblems(pair, [])).toHaveLength(1);
  });
});

describe('exported names', () => {
  it('are those of every kind of declaration; what is passed on from another file keeps its name', () => {
    const text = `
      export const one = 1, { two, inner: [three] } = many;
      export async function four() {}
      export function* five() {}
      export abstract class Six {}
      export interface Seven { readonly export: string }
      export type Eight = 'export const nothing = 1';
      export enum Nine { A }
      export { hidden as ten, type Eleven } from './other';
      export type { Twelve } from './other';
      export * as thirteen from './other';
      export default function none() {}
      export { own as default };
      const own = 1;
      // export const inComment = 1;
    `;
    expect([...exportedNames('file.tsx', text)]).toEqual([
      ...['one', 'two', 'three', 'four', 'five', 'Six', 'Seven', 'Eight', 'Nine', 'ten', 'thirteen'],
    ]);
    expect([...exportedNames('file.ts', "export * from './other';")]).toEqual([]);
  });

  it('are found in two files, but not twice in one', () => {
    const files = [
      ['src/page/b.ts', "export { other } from './a'; export { own as Name } from './c';"],
      ['src/page/a.ts', 'export const Name = 1; export type Name = 1; export const other = 2;'],
    ] as const;
    expect(sharedNames(files)).toEqual(['Name is exported by src/page/a.ts and src/page/b.ts']);
  });
});

describe('comments', () => {
  it('are at most 110 columns wide, but for what is laid out by hand', () => {
    const wide = 'x'.repeat(110);
    const text = ['// ' + wide, '  // short', ' *   ' + wide, ' * ' + wide, `const text = '${wide}';`].join('\n');
    expect(wideComments([['a.ts', text]])).toEqual([1, 4].map((line) => `a.ts:${line}: a comment of more than 110 columns`));
  });
});
