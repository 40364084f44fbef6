/** The texts of items and queries that the model reads. */
import { renderTemplate, type TemplateFieldName } from '../recipe/template';
import type { CatalogueItem } from './catalogue';

/** An item's values for the fields of a template. */
export function itemValues({
  title,
  category,
  description,
  price,
}: CatalogueItem): Record<Exclude<TemplateFieldName, 'query'>, string> {
  return { title, category, description, text: description, price: price ?? '' };
}

/** A text of an item by a template of `spec.data`; the title if all fields in the template are empty. */
export function itemText(item: CatalogueItem, template: string): string {
  return renderTemplate(template, itemValues(item)) || item.title.replaceAll(/\s+/g, ' ').trim();
}

/** The text of a query in the prompt, empty if there is none. */
export function queryText(query: string, template: string): string {
  return renderTemplate(template, { query });
}

/** Of `a > b > c`: a, a > b and a > b > c. */
export function categoryLevels(category: string): string[] {
  const parts = category.split('>').map((part) => part.trim());
  return parts[0] === '' ? [] : parts.map((_, last) => parts.slice(0, last + 1).join(' > '));
}
