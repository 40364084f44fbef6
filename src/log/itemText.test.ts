import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTemplate, templateProblem } from '../recipe/template';
import { runSpecSchema } from '../recipe/runSpec';
import { itemText, queryText } from './itemText';

const coat = { id: '1', title: 'coat', category: 'garment > overgarment', description: 'a warm\n garment' };

describe('itemText', () => {
  it('fills the default template', () => {
    expect(itemText(coat, '{title}: {description}.')).toBe('coat: a warm garment.');
  });

  it('leaves no dangling punctuation around an empty value', () => {
    const bare = { ...coat, category: '', description: '' };
    expect(itemText(bare, '{title}: {description}.')).toBe('coat.');
    expect(itemText(bare, '{category} | {title}.')).toBe('coat.');
    expect(itemText(bare, 'Kind: {category}. Name: {title}.')).toBe('Name: coat.');
    expect(itemText(bare, '{title} ({category}): {description}')).toBe('coat');
    expect(itemText({ ...bare, description: 'warm' }, '{title}, {category}: {description}.')).toBe('coat: warm.');
    expect(itemText(bare, '{description}')).toBe('coat');
  });

  it('does not double a full stop', () => {
    expect(itemText({ ...coat, description: 'Warm.' }, '{title}: {description}.')).toBe('coat: Warm.');
    expect(itemText({ ...coat, description: 'Warm!' }, '{title}: {description}. {category}')).toBe(
      'coat: Warm! garment > overgarment',
    );
  });

  it('leaves placeholders inside values alone', () => {
    expect(itemText({ ...coat, title: '{description}' }, '{title}.')).toBe('{description}.');
  });

  it('is never empty, and one line, whichever fields are empty', () => {
    const text = fc.string({ maxLength: 8 });
    const title = text.filter((value) => value.trim() !== '');
    const template = fc.array(fc.constantFrom('{title}', '{category}', '{description}', ': ', '.', ' | '), { minLength: 1 });
    fc.assert(
      fc.property(title, text, text, template, (t, category, description, parts) => {
        fc.pre(parts.some((part) => part.startsWith('{')));
        const result = itemText({ id: 'x', title: t, category, description }, parts.join(''));
        expect(result).not.toBe('');
        expect(result).not.toMatch(/\n/);
      }),
    );
  });
});

describe('renderTemplate', () => {
  it('accepts every field of an item, and for a query only its own', () => {
    expect(itemText({ ...coat, price: '9.5' }, '{category} > {title}: {text} ({price})')).toBe(
      'garment > overgarment > coat: a warm garment (9.5)',
    );
    expect(queryText(' red  coat ', 'search: {query}')).toBe('search: red coat');
    expect(queryText('', 'search: {query}')).toBe('');
    expect(renderTemplate('{title}', {})).toBe('');
  });

  it.each([
    ['{titel}', 'item', 'There is no field {titel}. Use {title}, {category}, {text} or {price}.'],
    ['{query}', 'item', 'There is no field {query}.'],
    ['{title}', 'query', 'There is no field {title}. Use {query}.'],
    ['{title', 'history', 'Unmatched {.'],
    ['title}', 'history', 'Unmatched }.'],
    ['{{title}}', 'item', 'Unmatched {.'],
    ['', 'query', 'Name a field: {query}.'],
    ['coat', 'item', 'Name a field'],
  ] as const)('says what is wrong with %j', (template, kind, problem) => {
    expect(templateProblem(template, kind)).toContain(problem);
    const field = `${kind}Template`;
    const parsed = runSpecSchema.safeParse({ data: { [field]: template } });
    expect(parsed.error?.issues).toMatchObject([{ path: ['data', field], message: expect.stringContaining(problem) as string }]);
  });
});
