/**
 * Chooses what the store sells: subtrees of WordNet's noun taxonomy, one parent per item, without unsuitable
 * things.
 */
import { UNFIT_SUBTREES, UNFIT_TEXT, UNFIT_TITLES } from './unfit';
import { firstDefinition, type WordNet } from './wordnet';

export interface Product {
  readonly title: string;
  readonly description: string;
  /** Names from the department down to the parent, e.g. `['garment', 'coat']`. */
  readonly path: readonly string[];
  /** Node of `Catalogue.nodes` above this product. */
  readonly parent: number;
}

/** A node of the taxonomy that has products below it; departments have parent −1. */
export interface TaxonomyNode {
  readonly name: string;
  readonly parent: number;
  /**
   * Products directly under it, and all below it, including its own product (a coat is below the node
   * `coat`).
   */
  readonly children: number[];
  readonly below: number[];
}

export interface Catalogue {
  readonly products: readonly Product[];
  readonly nodes: readonly TaxonomyNode[];
}

/**
 * Departments: [name in WordNet, lexicographer file]; of several senses, the one with the most kinds.
 * An item under two of them belongs to the first, so narrow ones come before wide ones.
 */
const DEPARTMENTS: readonly (readonly [string, string])[] = [
  ['footwear', '06'],
  ['headdress', '06'],
  ['garment', '06'],
  ['musical instrument', '06'],
  ['lamp', '06'],
  ['furniture', '06'],
  ['kitchen utensil', '06'],
  ['tableware', '06'],
  ['home appliance', '06'],
  ['bedclothes', '06'],
  ['floor cover', '06'],
  ['jewelry', '06'],
  ['toiletry', '06'],
  ['timepiece', '06'],
  ['optical instrument', '06'],
  ['measuring instrument', '06'],
  ['electronic equipment', '06'],
  ['sports equipment', '06'],
  ['game equipment', '06'],
  ['plaything', '06'],
  ['writing implement', '06'],
  ['boat', '06'],
  ['wheeled vehicle', '06'],
  ['bag', '06'],
  ['tool', '06'],
  ['fastener', '06'],
  ['cord', '06'],
  ['fabric', '06'],
  ['tent', '06'],
  ['container', '06'],
  ['gem', '27'],
  ['book', '10'],
  ['periodical', '10'],
  ['pasta', '13'],
  ['bread', '13'],
  ['cheese', '13'],
  ['candy', '13'],
  ['dessert', '13'],
  ['baked goods', '13'],
  ['dairy product', '13'],
  ['soup', '13'],
  ['sandwich', '13'],
  ['salad', '13'],
  ['sauce', '13'],
  ['flavorer', '13'],
  ['edible nut', '13'],
  ['edible fruit', '13'],
  ['vegetable', '13'],
  ['seafood', '13'],
  ['meat', '13'],
  ['beverage', '13'],
  ['dish', '13'],
  ['cereal', '13'],
];

function sizeOf(wordnet: WordNet, root: string): number {
  const seen = new Set([root]);
  for (const id of seen) for (const kind of wordnet.get(id)?.kinds ?? []) seen.add(kind);
  return seen.size;
}

/**
 * ID of the sense of `name` in lexicographer file `domain` with the most kinds below it. Throws when there is
 * none.
 */
function sense(wordnet: WordNet, name: string, domain: string): string {
  let best: string | undefined;
  let size = 0;
  for (const synset of wordnet.values()) {
    if (synset.domain !== domain || synset.name !== name) continue;
    const kinds = sizeOf(wordnet, synset.id);
    if (kinds > size) [best, size] = [synset.id, kinds];
  }
  if (best === undefined) throw new Error(`WordNet has no noun "${name}" in lexicographer file ${domain}`);
  return best;
}

/** IDs that must not be sold: whole subtrees, wherever they are. */
function unfitIds(wordnet: WordNet): Set<string> {
  const unfit = new Set(UNFIT_SUBTREES.map(([name, domain]) => sense(wordnet, name, domain)));
  for (const id of unfit) for (const kind of wordnet.get(id)?.kinds ?? []) unfit.add(kind);
  return unfit;
}

/** Walks the departments breadth first, so that an item with several paths takes the shortest. */
export function chooseCatalogue(wordnet: WordNet): Catalogue {
  const unfit = unfitIds(wordnet);
  const roots = DEPARTMENTS.map(([name, domain]) => sense(wordnet, name, domain));
  const taken = new Set<string>(roots);
  const titles = new Set<string>();
  const products: Product[] = [];
  const nodes: TaxonomyNode[] = [];

  const offer = (title: string, gloss: string, parent: number): number | undefined => {
    const description = firstDefinition(gloss);
    const key = title.toLowerCase();
    if (description === '' || titles.has(key)) return undefined;
    if (UNFIT_TITLES.test(title) || UNFIT_TEXT.test(gloss.replaceAll(/"[^"]*"/g, ''))) return undefined;
    titles.add(key);
    const path: string[] = [];
    for (let at = parent; at >= 0; at = nodes[at]!.parent) path.unshift(nodes[at]!.name);
    products.push({ title, description, path, parent });
    return products.length - 1;
  };

  for (const root of roots) {
    const queue: { id: string; parent: number }[] = [{ id: root, parent: -1 }];
    for (const { id, parent } of queue) {
      const synset = wordnet.get(id)!;
      const product = parent < 0 ? undefined : offer(synset.name, synset.gloss, parent);
      if (product !== undefined) nodes[parent]!.children.push(product);
      const kinds = synset.kinds.filter((kind) => wordnet.has(kind) && !taken.has(kind) && !unfit.has(kind));
      const node = kinds.length > 0 ? nodes.push({ name: synset.name, parent, children: [], below: [] }) - 1 : -1;
      if (product !== undefined)
        for (let at = node < 0 ? parent : node; at >= 0; at = nodes[at]!.parent) nodes[at]!.below.push(product);
      for (const kind of kinds) {
        taken.add(kind);
        queue.push({ id: kind, parent: node });
      }
    }
  }
  return { products, nodes };
}
