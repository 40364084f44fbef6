/** Every loss and every term is defined in docs/definitions.md, in the words of its room. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TERMS } from '../objective/terms';
import { ACTION_LOSSES } from './actionLosses';

const definitions = readFileSync(new URL('../../../docs/definitions.md', import.meta.url), 'utf8').split('\n');

it.each(Object.entries(ACTION_LOSSES))('%s has its line in docs/definitions.md', (name, { words }) => {
  expect(definitions).toContain(`- \`${name}\` **[${words.tag}]**: ${words.definition}`);
});

it.each(Object.entries(TERMS))('%s has its line in docs/definitions.md', (_, { words }) => {
  expect(definitions).toContain(`- ${words.symbol} **[${words.tag}]**: ${words.definition}`);
});
