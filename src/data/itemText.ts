/** What the model reads of an item and of a query. */
import { renderTemplate } from '../spec/template';
import type { CatalogueItem } from './types';

/** A text of an item by a template of `spec.data`; the title where all that the template names is empty. */
export function itemText(item: CatalogueItem, template: string): string {
  const { title, category, description, price } = item;
  const values = { title, category, description, text: description, price: price ?? '' };
  return renderTemplate(template, values) || title.replaceAll(/\s+/g, ' ').trim();
}

/** The text of a query in the prompt, empty where there is none. */
export function queryText(query: string, template: string): string {
  return renderTemplate(template, { query });
}
