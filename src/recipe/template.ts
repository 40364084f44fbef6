/** Texts that the model reads, as templates: words with fields in braces, such as `{title}: {text}.`. */
import { t } from '../words/words';

/** Fields that a template may name, and where. `description` is an older name of `text`. */
export const TEMPLATE_FIELDS = {
  item: ['title', 'category', 'text', 'price', 'description'],
  history: ['title', 'category', 'text', 'price', 'description'],
  query: ['query'],
} as const;
export type TemplateKind = keyof typeof TEMPLATE_FIELDS;
export type TemplateFieldName = (typeof TEMPLATE_FIELDS)[TemplateKind][number];

/** A field, or anything that looks like one but is not. */
const BRACES = /\{([^{}]*)\}/;

function listed(fields: readonly string[]): string {
  const names = fields.filter((field) => field !== 'description').map((field) => `{${field}}`);
  return names.length < 2 ? names.join('') : t('{a} or {b}', { a: names.slice(0, -1).join(', '), b: names.at(-1)! });
}

/** What is wrong with a template, as a sentence that says what to do; null if it can be used. */
export function templateProblem(template: string, kind: TemplateKind): string | null {
  const fields: readonly string[] = TEMPLATE_FIELDS[kind];
  const parts = template.split(BRACES);
  for (let at = 0; at < parts.length; at += 2) {
    const brace = /[{}]/.exec(parts[at]!)?.[0];
    if (brace !== undefined)
      return t('Unmatched {brace}. Fields are written {fields}; other braces are not allowed.', {
        brace,
        fields: listed(fields),
      });
  }
  const named = parts.filter((_, at) => at % 2 === 1);
  const unknown = named.find((name) => !fields.includes(name));
  if (unknown !== undefined)
    return t('There is no field {field}. Use {fields}.', { field: `{${unknown}}`, fields: listed(fields) });
  return named.length === 0
    ? t('Name a field: {fields}. Without one every text would be the same.', { fields: listed(fields) })
    : null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Appends a literal of the template; a value's own full stop is not doubled by the template's. */
function append(text: string, literal: string): string {
  return text + (/[.!?]$/.test(text) && literal.startsWith('.') ? literal.slice(1) : literal);
}

/**
 * A template with its fields replaced, on one line. The literal that joins an empty value to what precedes it
 * goes with the value, so `{title}: {text}.` gives `coat.` and not `coat: .` if there is no text. Empty when
 * every value is.
 */
export function renderTemplate(template: string, values: Readonly<Partial<Record<TemplateFieldName, string>>>): string {
  // [literal, field, literal, field, …, literal]
  const parts = template.split(BRACES);
  let text = '';
  let literal = parts[0]!;
  let filled = false;
  for (let at = 1; at < parts.length; at += 2) {
    const value = oneLine(values[parts[at] as TemplateFieldName] ?? '');
    const after = parts[at + 1]!;
    if (value !== '') {
      text = append(text, literal) + value;
      filled = true;
      literal = after;
    } else if (filled) literal = after;
    // If nothing precedes, the empty value takes with it the label before it (`Kind: `) and the joint after
    // it.
    else literal = literal.trim() === '' ? '' : after.replace(/^[\s.,;:|>–—-]+/, '');
  }
  return filled ? oneLine(append(text, literal)) : '';
}
