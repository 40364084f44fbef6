import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, it } from 'vitest';
import { languageOf, speak, SPOKEN_ENGLISH } from './languages';
import { T } from './T';
import { dateFormat, ENGLISH, inEnglish, listFormat, message, numberFormat, setWords, t } from './words';

const KOREAN = {
  '{n, plural, one {# user} other {# users}} of {m}': '{m}명 중 사용자 {n, plural, other {#}}명',
  'Open <b>the log</b> first': '먼저 <b>로그</b>를 여세요',
};
const TABLE = message('{n, plural, one {# user} other {# users}} of {m}');

afterEach(() => {
  setWords(ENGLISH);
});

describe('a text', () => {
  it('is English without a translation', () => {
    expect(t('It’s {share} %', { share: 3 })).toBe('It’s 3 %');
    expect(t(TABLE, { n: 1, m: 2 })).toBe('1 user of 2');
    expect(t(TABLE, { n: 1200, m: '1,500' })).toBe('1,200 users of 1,500');
  });

  it('is in the active language, in its order of words', () => {
    speak({ id: 'ko', catalog: KOREAN });
    expect(t(TABLE, { n: 1200, m: '1,500' })).toBe('1,500명 중 사용자 1,200명');
    expect(t('Run')).toBe('Run');
    expect(inEnglish(() => t(TABLE, { n: 1, m: 2 }))).toBe('1 user of 2');
    expect(t(TABLE, { n: 1, m: 2 })).toBe('2명 중 사용자 1명');
  });

  it('encloses elements', () => {
    const shown = (): string =>
      renderToStaticMarkup(<T text="Open <b>the log</b> first" values={{ b: (inside) => <em>{inside}</em> }} />);
    expect(shown()).toBe('Open <em>the log</em> first');
    speak({ id: 'ko', catalog: KOREAN });
    expect(shown()).toBe('먼저 <em>로그</em>를 여세요');
  });
});

it('numbers and dates are of the active language', () => {
  const date = new Date(2026, 10, 25);
  expect([numberFormat().format(1200.5), dateFormat({ dateStyle: 'medium' }).format(date)]).toEqual(['1,200.5', '25 Nov 2026']);
  speak({ id: 'zh-CN', catalog: {} });
  expect([numberFormat().format(1200.5), dateFormat({ dateStyle: 'medium' }).format(date)]).toEqual([
    '1,200.5',
    '2026年11月25日',
  ]);
  speak(SPOKEN_ENGLISH);
  expect([listFormat().format(['a', 'b', 'c']), dateFormat({ dateStyle: 'medium' }).format(date)]).toEqual([
    'a, b and c',
    '25 Nov 2026',
  ]);
});

describe('the pseudo-language', () => {
  it('changes words, not placeholders and tags', () => {
    speak({ id: 'en-XA', catalog: {} });
    expect(t('Run')).toBe('⟦Ŕûñ~~⟧');
    expect(t('{n, plural, one {# user} other {# users}} of {m}', { n: 2, m: 'Toy' })).toMatch(/^⟦2 ûšéŕš öf Toy ?~+⟧$/);
    expect(
      renderToStaticMarkup(<T text="Open <b>the log</b> of {n}" values={{ n: 3, b: (inside) => <b>{inside}</b> }} />),
    ).toMatch(/^⟦Öpéñ <b>ţĥé ļöĝ<\/b> öf 3[~ ]+⟧$/);
  });
});

it('a browser’s language is one of the page’s if its script is', () => {
  expect(['en-US', 'ko-KR', 'zh', 'zh-Hans-SG', 'zh-TW', 'de', 'en-XA', '*'].map(languageOf)).toEqual([
    ...['en', 'ko', 'zh-CN', 'zh-CN', null, null, 'en-XA', null],
  ]);
});
