/** Sinks for rows that describe items: their texts, the IDs of an array's rows, and embeddings. */
import type { Role, SourceMapping } from '../../recipe/logRecipe';
import { bringsVectors, VECTOR_ROLES } from '../formats/roles';
import { entityId, semanticOf } from '../records/values';
import type { RecordProblem, RecordSink, CellReader } from '../records/syntax';
import { ownCopy } from './columns';
import { addVectors, listItem, ownId, type RoleReader, type ItemTable } from './items';
import type { FilePosition, Tally } from './tally';

export interface ItemTaker extends RecordSink {
  readonly rows: number;
}

/** State while sources of items are read. */
export interface ItemReading {
  readonly items: ItemTable;
  /** Rows that became no item. */
  readonly rejected: Tally;
  /** Oddities of rows that were used. */
  readonly notes: Tally;
  /** By source whose rows another one follows: the item of each row, -1 if it has none. */
  readonly followed: ReadonlyMap<string, number[]>;
}

/** `aliases` and `texts` may come before the events; the others need to know which items there are. */
export type ItemsKind = 'aliases' | 'texts' | 'codes' | 'ids' | 'embeddings' | 'rows';

export function itemsKind({ name, roles, rowsOf }: SourceMapping, followed: ReadonlyMap<string, unknown>): ItemsKind {
  if (rowsOf !== undefined) return 'rows';
  const others = (Object.keys(roles) as Role[]).filter((role) => role !== 'item' && !VECTOR_ROLES.includes(role));
  if (others.join() === 'alias') return 'aliases';
  if (others.length > 0) return others.every((role) => role === 'semantic') ? 'codes' : 'texts';
  if (bringsVectors(roles)) return 'embeddings';
  return followed.has(name) ? 'ids' : 'texts';
}

/** @param kind of `itemsKind` */
export function itemTaker(mapping: SourceMapping, kind: ItemsKind, reading: ItemReading): ItemTaker {
  const { name, roles, rowsOf } = mapping;
  const { items, rejected, notes, followed } = reading;
  const list = followed.get(name);
  const leading = rowsOf === undefined ? undefined : followed.get(rowsOf);
  let row: CellReader = () => undefined;
  const cells: RoleReader = (role) => {
    const column = roles[role];
    return column === undefined ? undefined : row(column);
  };
  /** @returns the row's item, -1 if it has none */
  const take = (line: number): number => {
    const place = { file: name, line };
    if (kind === 'rows') {
      const item = leading?.[line - 1] ?? -1;
      if (item < 0) notes.add('embeddingOfUnknownItem', place);
      else addVectors(items, item, cells, place, notes);
      return item;
    }
    const written = entityId(cells('item'));
    if (written === '') {
      rejected.add('noItem', place);
      return -1;
    }
    if (roles.alias !== undefined) addAlias(written, entityId(cells('alias')), place);
    if (kind === 'aliases') return -1;
    const id = roles.alias === undefined ? ownId(items, written) : written;
    if (items.aliased.has(written) && (items.aliases.get(written) ?? written) !== written) notes.add('twoItems', place, written);
    if (kind === 'texts') {
      const reason = listItem(items, id, cells);
      const item = items.ids.number(id);
      if (reason !== null) rejected.add(reason, place, id);
      else addVectors(items, item, cells, place, notes);
      return item;
    }
    const item = items.ids.find(id) ?? -1;
    if (kind === 'codes') {
      if (item < 0) notes.add('codeOfUnknownItem', place, id);
      else items.texts.semantic[item] ??= ownCopy(semanticOf(cells('semantic')));
      return item;
    }
    // The rows of an array are counted when they are read.
    if (kind === 'ids') return item;
    if (item < 0) notes.add('embeddingOfUnknownItem', place, id);
    else addVectors(items, item, cells, place, notes);
    return item;
  };
  const addAlias = (item: string, alias: string, place: FilePosition): void => {
    const known = items.aliases.get(alias);
    if (alias === '') return;
    if (known !== undefined && known !== item) {
      notes.add('secondAlias', place, alias);
      return;
    }
    items.aliases.set(ownCopy(alias), ownCopy(item));
    items.aliased.add(item);
  };
  const taker = {
    rows: 0,
    record(current: CellReader, line: number): undefined {
      taker.rows++;
      row = current;
      const item = take(line);
      list?.push(item);
    },
    problem(problem: RecordProblem, line: number, detail: string): void {
      taker.rows++;
      rejected.add(problem, { file: name, line }, detail);
      list?.push(-1);
    },
    doubt(line: number, detail: string): void {
      notes.add('oddQuotes', { file: name, line }, detail);
    },
  };
  return taker;
}
