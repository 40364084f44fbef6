/** What a column can hold, with the words for it. */
import { roleSchema, type Part, type Role } from '../../recipe/logRecipe';

export const ROLES: readonly Role[] = roleSchema.options;

export interface RoleNote {
  readonly label: string;
  readonly meaning: string;
}

export const ROLE_NOTES: Readonly<Record<Role, RoleNote>> = {
  user: { label: 'user', meaning: 'whose event it is' },
  item: { label: 'item', meaning: 'the item’s id' },
  time: { label: 'time', meaning: 'when it happened; without it, file order is used' },
  rating: { label: 'rating', meaning: 'a number to filter by: rating, quantity' },
  event: { label: 'event', meaning: 'the kind of event: view, cart, buy' },
  query: { label: 'query', meaning: 'the search that led here' },
  exposed: { label: 'exposed', meaning: 'items shown with it and not clicked' },
  history: { label: 'history', meaning: 'the items before this one, oldest first' },
  request: { label: 'request', meaning: 'id of the page or list that the row was shown in' },
  impressions: { label: 'impressions', meaning: 'what was shown in a row: `N1-1 N2-0`, 1 where it was clicked' },
  candidates: { label: 'candidates', meaning: 'items that the user’s target is ranked among' },
  title: { label: 'title', meaning: 'what the model reads of an item' },
  category: { label: 'category', meaning: 'category of the item' },
  description: { label: 'text', meaning: 'longer text of the item' },
  price: { label: 'price', meaning: 'price of the item' },
  image: {
    label: 'image',
    meaning:
      'picture of the item: a web address, the name of a file dropped with the log, or its bytes; fetched on request alone',
  },
  embedding: { label: 'embedding', meaning: 'features of the item, a list of numbers' },
  visual: { label: 'visual features', meaning: 'frozen features of the item’s picture, a list of numbers' },
  semantic: { label: 'semantic id', meaning: 'code of the item, such as `<a_12><b_3>`; stored, not read by the model' },
  alias: { label: 'other ID', meaning: 'the ID by which the events name the item' },
};

/** What holds a list of numbers for an item. */
export const VECTOR_ROLES: readonly Role[] = ['embedding', 'visual'];

export function bringsVectors(roles: Partial<Record<Role, unknown>>): boolean {
  return VECTOR_ROLES.some((role) => roles[role] !== undefined);
}

/** Roles in an items file: only what belongs to an item. */
export const ITEM_ROLES: readonly Role[] = [
  'item',
  'title',
  'category',
  'description',
  'price',
  'image',
  'embedding',
  'visual',
  'semantic',
  'alias',
];

/** Roles in a file of candidate sets. */
const CANDIDATE_ROLES: readonly Role[] = ['user', 'item', 'candidates'];

/** The columns that are read from a source. */
export function rolesOf(part: Part): readonly Role[] {
  if (part === 'items') return ITEM_ROLES;
  return part === 'candidates' ? CANDIDATE_ROLES : ROLES.filter((role) => role !== 'candidates');
}
