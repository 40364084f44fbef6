/** Every published layout is read as its publisher meant, as dropped or with one choice, or it is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYOUTS } from './layouts';
import { readLayout } from './readLayout';

const DOCUMENT = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

describe('published layouts', () => {
  it.each(
    LAYOUTS.filter(({ choice, visits }) => visits !== null && choice === undefined).map(
      (layout) => [layout.name, layout] as const,
    ),
  )('%s is read as it was meant', async (_, layout) => {
    expect(await readLayout(layout)).toEqual({ kind: 'as meant', detail: '' });
  });

  it.each(LAYOUTS.filter(({ choice }) => choice !== undefined).map((layout) => [layout.name, layout] as const))(
    '%s needs one choice',
    async (_, layout) => {
      expect((await readLayout(layout)).kind).not.toBe('as meant');
      expect(await readLayout(layout, layout.choice)).toEqual({ kind: 'as meant', detail: '' });
    },
  );

  it.each(LAYOUTS.filter(({ visits }) => visits === null).map((layout) => [layout.name, layout] as const))(
    '%s is refused',
    async (_, layout) => {
      const { kind, detail } = await readLayout(layout);
      expect(kind).toBe('refused');
      expect(detail).toMatch(layout.refused!);
    },
  );

  it('are the table in docs/formats.md, one line each', () => {
    const table = LAYOUTS.map(
      ({ name, visits, choice }) =>
        `| ${name} | ${visits === null ? 'not' : choice === undefined ? 'as dropped' : `with one choice: ${choice.says}`} |`,
    );
    const missing = table.filter((line) => !DOCUMENT.includes(`${line}\n`));
    expect(missing).toEqual([]);
    const listed = DOCUMENT.split('\n').filter((line) => /^\| .* \| (?:not|as dropped|with one choice: .*) \|$/.test(line));
    expect(listed.length).toBe(table.length);
  });
});
