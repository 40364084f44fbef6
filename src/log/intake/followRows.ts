/** Embeddings without IDs: which other source their rows follow. */
import type { SourceMapping } from '../../recipe/logRecipe';
import { bringsVectors } from '../formats/roles';

/** Whether its rows are embeddings of items that it does not name itself. */
export function needsRows({ part, roles }: Pick<SourceMapping, 'part' | 'roles'>): boolean {
  return part === 'items' && bringsVectors(roles) && roles.item === undefined;
}

/** Names of the sources whose rows it could follow: those that name an item in each row. */
export function possibleLeaders(mappings: readonly SourceMapping[], follower: number): string[] {
  return mappings.flatMap(({ name, part, roles }, at) =>
    at !== follower && (part === 'items' || part === 'ignored') && roles.item !== undefined ? [name] : [],
  );
}

/** A list of IDs alone gives only the order of another source's rows. */
function isList({ roles }: SourceMapping): boolean {
  return Object.keys(roles).join() === 'item';
}

/**
 * Mappings in which a source's rows follow those of another or, with null, of none. The one followed is read
 * as items; a list of IDs that nothing follows any more is ignored.
 */
export function followRows(mappings: readonly SourceMapping[], follower: number, leader: string | null): SourceMapping[] {
  const followed = mappings.map((mapping, at): SourceMapping => {
    if (at !== follower) return mapping.name === leader ? { ...mapping, part: 'items', share: null } : mapping;
    return { ...mapping, rowsOf: leader ?? undefined };
  });
  const before = mappings[follower]!.rowsOf;
  return followed.map((mapping) => {
    const abandoned = mapping.name === before && followed.every(({ rowsOf }) => rowsOf !== mapping.name);
    return abandoned && isList(mapping) ? { ...mapping, part: 'ignored' } : mapping;
  });
}
