import type { CatalogueItem } from './types';

const PLACEHOLDER = /\{(title|category|description)\}/;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Appends a literal of the template; a value's own full stop is not doubled by the template's. */
function append(text: string, literal: string): string {
  return text + (/[.!?]$/.test(text) && literal.startsWith('.') ? literal.slice(1) : literal);
}

/**
 * The text y of an item: `{title}`, `{category}` and `{description}` of the template replaced, on one line.
 * The literal that joins an empty value to what precedes it goes with the value, so `{title}: {description}.` gives `coat.` and
 * not `coat: .`. When every value is empty, the title stands in.
 */
export function itemText(item: CatalogueItem, template: string): string {
  // [literal, placeholder, literal, placeholder, …, literal]
  const parts = template.split(PLACEHOLDER);
  let text = '';
  let literal = parts[0] ?? '';
  let filled = false;
  for (let i = 1; i < parts.length; i += 2) {
    const value = oneLine(item[parts[i] as 'title' | 'category' | 'description']);
    const after = parts[i + 1] ?? '';
    if (value !== '') {
      text = append(text, literal) + value;
      filled = true;
      literal = after;
    } else if (filled) literal = after;
    // Nothing precedes: a label in front (`Kind: `) goes with the empty value, and so does the joint behind it.
    else literal = literal.trim() === '' ? '' : after.replace(/^[\s.,;:|>–—-]+/, '');
  }
  if (!filled && parts.length > 1) return oneLine(item.title);
  return oneLine(append(text, literal));
}
