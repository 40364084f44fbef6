import { expect, it } from 'vitest';
import { languageFor } from './language';

it('the language is the link’s, else the one chosen, else the first that the browser wants and the page has', () => {
  expect(languageFor('?lang=zh-CN', 'ko', ['en'])).toBe('zh-CN');
  expect(languageFor('?lang=xx', 'ko', ['en'])).toBe('ko');
  expect(languageFor('', null, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
  expect(languageFor('', 'xx', ['fr-FR'])).toBe('en');
});
