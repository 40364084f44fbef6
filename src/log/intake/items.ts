/** The items of a log while it is read: texts from items files first, and from events if those have none. */
import type { Role } from '../../recipe/logRecipe';
import { bringsVectors } from '../formats/roles';
import { Names, ownCopy, textBytes } from './columns';
import { EmbeddingTable } from './embeddings';
import type { ReasonId } from './reasons';
import { quoted, type FilePosition, type Tally } from './tally';
import { categoryOf, imageOf, mayBeMissing, pictureBytesOf, semanticOf, textOf, titleOf } from '../records/values';

const TEXTS = ['title', 'category', 'description', 'price', 'image', 'semantic'] as const;
export type ItemText = (typeof TEXTS)[number];

/** Reads a role of the current row; undefined if the source has no such column. */
export type RoleReader = (role: Role) => unknown;

const READ: Readonly<Record<ItemText, (value: unknown) => string>> = {
  title: titleOf,
  category: categoryOf,
  description: textOf,
  price: textOf,
  image: imageOf,
  semantic: semanticOf,
};

export interface ItemTable {
  readonly ids: Names;
  /** The item's own ID, by the ID that events use. */
  readonly aliases: Map<string, string>;
  /** Own IDs of items that have another one. */
  readonly aliased: Set<string>;
  /** By item number; holes are empty texts. */
  readonly texts: Readonly<Record<ItemText, string[]>>;
  /** `textBytes` of all texts. */
  bytes: number;
  /** By item number: whether the item has its own row in an items file. */
  readonly listed: boolean[];
  readonly embeddings: EmbeddingTable;
  readonly visual: EmbeddingTable;
  /** Pictures contained in rows themselves, by item number. */
  readonly pictures: Map<number, Blob>;
}

export function emptyItems(): ItemTable {
  return {
    ids: new Names(),
    aliases: new Map(),
    aliased: new Set(),
    texts: { title: [], category: [], description: [], price: [], image: [], semantic: [] },
    bytes: 0,
    listed: [],
    embeddings: new EmbeddingTable(),
    visual: new EmbeddingTable('visual'),
    pictures: new Map(),
  };
}

/** The number of an item that events name. */
export function itemNumber({ ids, aliases }: ItemTable, id: string): number {
  return ids.number(aliases.size === 0 ? id : (aliases.get(id) ?? id));
}

/** The same for a known item; undefined otherwise. */
export function findItem({ ids, aliases }: ItemTable, id: string): number | undefined {
  return ids.find(aliases.get(id) ?? id);
}

/** The own ID of an item named in an items file; its own ID takes precedence. */
export function ownId({ aliases, aliased }: ItemTable, id: string): string {
  return aliased.has(id) ? id : (aliases.get(id) ?? id);
}

/** Whether rows of events with these columns say anything about their items. */
export function describesItem(roles: Partial<Record<Role, number>>): boolean {
  return bringsVectors(roles) || TEXTS.some((role) => roles[role] !== undefined);
}

/** Stores a text of an item. */
function keepText(items: ItemTable, role: ItemText, number: number, text: string): void {
  items.texts[role][number] = ownCopy(text);
  items.bytes += textBytes(text);
}

/** Enters a row of an items file. @returns why the row was not used, or null */
export function listItem(items: ItemTable, id: string, cells: RoleReader): ReasonId | null {
  const number = items.ids.number(id);
  const texts = TEXTS.map((role) => READ[role](cells(role)));
  if (items.listed[number] === true) {
    return TEXTS.every((role, at) => (items.texts[role][number] ?? '') === texts[at]) ? 'repeatedItem' : 'contradictingItem';
  }
  items.listed[number] = true;
  TEXTS.forEach((role, at) => {
    if (texts[at] !== '') keepText(items, role, number, texts[at]!);
  });
  return null;
}

/**
 * Takes away titles that stand for missing ones, once all items are read: one item may be called nan, several
 * are not.
 */
export function dropMissingTitles({ texts: { title } }: ItemTable): void {
  const unnamed = [...title.keys()].filter((item) => title[item] !== undefined && mayBeMissing(title[item]));
  if (unnamed.length > 1) for (const item of unnamed) title[item] = '';
}

/** Adds the vectors of an item's row, and its picture if the row contains it. */
export function addVectors(items: ItemTable, item: number, cells: RoleReader, place: FilePosition, notes: Tally): void {
  items.embeddings.add(item, cells('embedding'), place, notes);
  items.visual.add(item, cells('visual'), place, notes);
  keepPicture(items, item, cells);
}

function keepPicture({ pictures }: ItemTable, item: number, cells: RoleReader): void {
  if (pictures.has(item)) return;
  const bytes = pictureBytesOf(cells('image'));
  if (bytes !== null) pictures.set(item, new Blob([bytes]));
}

/**
 * Adds texts beside an event. The first text of an item is kept; a later, different title is noted, since it
 * may be that two items share an ID.
 */
export function describeItem(items: ItemTable, number: number, cells: RoleReader, place: FilePosition, notes: Tally): void {
  if (!items.embeddings.has(number)) items.embeddings.add(number, cells('embedding'), place, notes);
  if (!items.visual.has(number)) items.visual.add(number, cells('visual'), place, notes);
  keepPicture(items, number, cells);
  for (const role of TEXTS) {
    const value = cells(role);
    if (value === undefined) continue;
    const known = items.texts[role][number];
    if (known !== undefined) {
      if (role !== 'title' || value === known) continue;
      const text = READ.title(value);
      if (text !== '' && text !== known) {
        notes.add('otherTitle', place, `${quoted(text)} here, ${quoted(known)} before, item ${quoted(items.ids.texts[number])}`);
      }
      continue;
    }
    const text = READ[role](value);
    if (text !== '') keepText(items, role, number, text);
  }
}
