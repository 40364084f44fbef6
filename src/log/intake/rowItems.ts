/** The items of a source's first rows, for the user who says which source embeddings without IDs follow. */
import type { SourceMapping } from '../../recipe/logRecipe';
import { readRecords } from '../records/readRecords';
import type { CellReader } from '../records/syntax';
import { idOf, textOf } from '../records/values';
import type { Source } from '../source/source';
import { emptyTally } from '../source/text';

/** The item of a row; null for a row that names none. */
export type RowItem = { readonly id: string; /** Empty if no file has one. */ readonly title: string } | null;

/**
 * The items of the first rows of a source, with the titles that any file has for them.
 * @throws LogError; the signal's reason when aborted
 */
export async function firstRowItems(
  sources: readonly Source[],
  mappings: readonly SourceMapping[],
  leader: string,
  count: number,
  signal?: AbortSignal,
): Promise<RowItem[]> {
  const at = mappings.findIndex(({ name }) => name === leader);
  const ids: (string | null)[] = [];
  await firstRows(sources[at]!, mappings[at]!, ['item'], signal, (row) => {
    ids.push(row === null ? null : idOf(row('item')) || null);
    return ids.length < count;
  });
  const titles = new Map<string, string>(ids.flatMap((id) => (id === null ? [] : [[id, '']])));
  let open = titles.size;
  // Titles come from items files, and from the others only if those have none.
  const reading = mappings
    .map((mapping, index) => ({ mapping, index }))
    .filter(
      ({ mapping: { part, roles } }) =>
        (part === 'items' || part === 'events') && roles.title !== undefined && roles.item !== undefined,
    )
    .sort((a, b) => Number(b.mapping.part === 'items') - Number(a.mapping.part === 'items'));
  for (const { mapping, index } of reading) {
    if (open === 0) break;
    await firstRows(sources[index]!, mapping, ['item', 'title'], signal, (row) => {
      const id = row === null ? '' : idOf(row('item'));
      if (titles.get(id) !== '') return true;
      const title = textOf(row!('title'));
      if (title !== '') open--;
      titles.set(id, title);
      return open > 0;
    });
  }
  return ids.map((id) => (id === null ? null : { id, title: titles.get(id) ?? '' }));
}

type Cell = (role: 'item' | 'title') => unknown;

/** Reads rows, null for one that cannot be read, until `take` returns false. */
async function firstRows(
  source: Source,
  mapping: SourceMapping,
  roles: readonly ('item' | 'title')[],
  signal: AbortSignal | undefined,
  take: (row: Cell | null) => boolean,
): Promise<void> {
  const columns = roles.map((role) => mapping.roles[role]!);
  let done = false;
  const sink = {
    record(row: CellReader): 'stop' | undefined {
      done ||= !take((role) => row(columns[roles.indexOf(role)]!));
      return done ? 'stop' : undefined;
    },
    problem: (): void => {
      done ||= !take(null);
    },
  };
  await readRecords(source, mapping, columns, sink, emptyTally(), { signal });
}
