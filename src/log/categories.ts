/** The first level of a category path: `fabric > lace` is `fabric`. Empty if an item has none. */
export function topCategory(category: string): string {
  return category.split('>')[0]!.trim();
}
