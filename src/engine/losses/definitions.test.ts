/** Every loss and every term is defined in docs/method.md, in the words of its room. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TERMS } from '../objective/terms';
import { ACTION_LOSSES } from './actionLosses';

/** Items of lists are wrapped in the document; here each is a line. */
const definitions = readFileSync(new URL('../../../docs/method.md', import.meta.url), 'utf8')
  .replaceAll(/\n +(?! |- )/g, ' ')
  .split('\n');

it.each(Object.entries(ACTION_LOSSES))('%s has its line in docs/method.md', (name, { words }) => {
  expect(definitions).toContain(`- \`${name}\` **[${words.tag}]**: ${words.definition}`);
});

it.each(Object.entries(TERMS))('%s has its line in docs/method.md', (_, { words }) => {
  expect(definitions).toContain(`- ${words.symbol} **[${words.tag}]**: ${words.definition}`);
});
