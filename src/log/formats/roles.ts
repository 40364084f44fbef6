/** What a column can hold, with the words for it. */
import { message, type Text } from '../../words/words';
import { roleSchema, type SourcePart, type Role } from '../../recipe/logRecipe';

export const ROLES: readonly Role[] = roleSchema.options;

export interface RoleNote {
  readonly label: string;
  readonly meaning: Text;
}

/** Translated where they are shown. */
export const ROLE_NOTES: Readonly<Record<Role, RoleNote>> = {
  user: { label: message('user'), meaning: message('whose event it is') },
  item: { label: message('item'), meaning: message('the item’s id') },
  time: { label: message('time'), meaning: message('when it happened; without it, file order is used') },
  rating: { label: message('rating'), meaning: message('a number to filter by: rating, quantity') },
  event: { label: message('event'), meaning: message('the kind of event: view, cart, buy') },
  query: { label: message('query'), meaning: message('the search that led here') },
  exposed: { label: message('exposed'), meaning: message('items shown with it and not clicked') },
  history: { label: message('history'), meaning: message('the items before this one, oldest first') },
  request: { label: message('request'), meaning: message('id of the page or list that the row was shown in') },
  order: { label: message('order'), meaning: message('the ID by which another file says whose it is, and when') },
  position: {
    label: message('position'),
    meaning: message('the place of an event among those at one time, such as in an order: 1, 2, 3'),
  },
  impressions: {
    label: message('impressions'),
    meaning: message('what was shown in a row: `N1-1 N2-0`, 1 where it was clicked'),
  },
  subset: { label: message('part'), meaning: message('the part of a given split: train, valid, test') },
  candidates: { label: message('candidates'), meaning: message('items that the user’s target is ranked among') },
  title: { label: message('title'), meaning: message('what the model reads of an item') },
  category: { label: message('category'), meaning: message('category of the item') },
  description: { label: message('text'), meaning: message('longer text of the item') },
  price: { label: message('price'), meaning: message('price of the item') },
  image: {
    label: message('image'),
    meaning: message(
      'picture of the item: a web address, the name of a file dropped with the log, or its bytes; fetched on request alone',
    ),
  },
  embedding: { label: message('embedding'), meaning: message('features of the item, a list of numbers') },
  visual: { label: message('visual features'), meaning: message('frozen features of the item’s picture, a list of numbers') },
  semantic: {
    label: message('semantic id'),
    meaning: message("code of the item, such as `'<a_12><b_3>'`; stored, not read by the model"),
  },
  alias: { label: message('other ID'), meaning: message('the ID by which other files name the item, or the user') },
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

/** What the events of one order share. */
export const ORDER_ROLES = ['user', 'time', 'rating', 'event'] as const satisfies readonly Role[];

/** Roles in a file of candidate sets. */
const CANDIDATE_ROLES: readonly Role[] = ['user', 'item', 'candidates'];

/** The columns that are read from a source. */
export function columnRoles(part: SourcePart): readonly Role[] {
  if (part === 'items') return ITEM_ROLES;
  if (part === 'orders') return ['order', ...ORDER_ROLES];
  if (part === 'accounts') return ['user', 'alias'];
  return part === 'candidates' ? CANDIDATE_ROLES : ROLES.filter((role) => role !== 'candidates');
}
