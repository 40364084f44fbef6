import { describe, expect, it } from 'vitest';
import { extract, placeholders } from './extract';
import { parsed, parsedCatalog } from './messagesPlugin';

const textsOf = (source: string): string[] => extract('a.tsx', source).texts.map(({ text }) => text);
const problemsOf = (source: string): readonly string[] => extract('a.tsx', source).problems;

describe('texts', () => {
  it('are found in calls, elements, marks and registries', () => {
    const source = `
      const A = message('a');
      const field = schema.register(WORDS, { label: 'b', hint: 'c ' + 'c', stated: 'no' });
      const kinds = choices({ x: 'd', y: '1' });
      const f = () => t(on ? 'e' : 'f') + t(\`g\`);
      const G = () => <T text="Open <b>it</b>" values={{ b: (inside) => <b>{inside}</b> }} />;
      const other = say('not shown');
    `;
    expect(textsOf(source)).toEqual(['a', 'b', 'c c', 'd', 'e', 'f', 'g', 'Open <b>it</b>']);
    expect(problemsOf(source)).toEqual([]);
  });

  it('are found in lessons, where `say` marks them', () => {
    const source = `say('{n} <a>b</a>', { n, a: term('a') });`;
    expect(textsOf(source)).toEqual([]);
    expect(textsOf(`import { say } from '../words';${source}`)).toEqual(['{n} <a>b</a>']);
    expect(problemsOf(`import { say } from './words'; say('{n}', { m })`)).toHaveLength(2);
  });

  it('have the lines on which they stand', () => {
    expect(extract('a.ts', `\n\nconst f = () => t('é');`).texts[0]?.line).toBe(3);
  });
});

describe('a mistake is reported', () => {
  it.each([
    ['f = () => t(`${n} items`)', 'glued'],
    [`f = () => t('a' + n)`, 'glued'],
    ['message(n)', 'must be a literal'],
    [`t('a')`, 'while the module loads'],
    [`f = () => t('{n} of {m}', { n })`, 'lacks a value for {m}'],
    [`f = () => t('{n}', { n, m })`, 'does not use the value m'],
    [`f = () => t('{n, plural, one {a}}', { n })`, 'cannot be read'],
    [`choices({ a: '{n} items' })`, 'mark it with message'],
  ])('%s', (source, words) => {
    const problems = problemsOf(source);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
});

it.each([
  ['new LogError(a ?? `${n} items`)', 1],
  ["new ModelError(t('a'), 'Load another.')", 1],
  ["new ModelError(t('a'), on ? t('b') : `${a}: ${b}`)", 0],
  ["new RangeError('Not shown.')", 0],
])('an error that the page shows is translated: %s', (source, found) => {
  expect(extract('a.ts', `f = () => ${source}`).untranslated).toHaveLength(found);
});

it('placeholders are found in plurals and tags', () => {
  expect([...placeholders('{n, plural, one {# of {m}} other {<b>{k}</b>}} {d}')].sort()).toEqual(['b', 'd', 'k', 'm', 'n']);
});

it('a build holds texts with placeholders parsed, and looks for translations by the same key', () => {
  const source = `const f = () => t('plain') + t('{n} é', { n }) + t('"é"');\nconst G = () => <T text="<b>x</b>" values={{ b }} />;`;
  expect(parsed('a.tsx', source)).toBe(
    `const f = () => t('plain') + t([["n"]," é"], { n }) + t('"é"');\nconst G = () => <T text={[["b","x"]]} values={{ b }} />;`,
  );
  expect(JSON.parse(parsedCatalog('{ "plain": "einfach", "{n} é": "é {n}" }'))).toEqual({
    plain: 'einfach',
    '[["n"]," é"]': ['é ', ['n']],
  });
});
