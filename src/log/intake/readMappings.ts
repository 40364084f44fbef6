/** Which mappings are read, and what prevents it. Separate from the readers, so that the page need not load them. */
import type { Part, SourceMapping } from '../../recipe/logRecipe';
import { bringsVectors } from '../formats/roles';

/** Mappings that contribute to a log. */
export const READ_PARTS: readonly Part[] = ['events', 'items', 'candidates'];

/** What a mapping lacks before its source can be read; null if nothing. */
export function mappingProblem({ part, roles, rowsOf }: Pick<SourceMapping, 'part' | 'roles' | 'rowsOf'>): string | null {
  if (part === 'events' && roles.user === undefined) return 'Say which column holds the user.';
  if (part === 'events' && roles.item === undefined && roles.history === undefined && roles.impressions === undefined) {
    return 'Say which column holds the item, or the list of a user’s items.';
  }
  if (part === 'candidates' && (roles.user === undefined || roles.candidates === undefined)) {
    return 'Say which columns hold the user and the list of candidates.';
  }
  if (part === 'items' && roles.item === undefined && rowsOf === undefined) {
    return bringsVectors(roles)
      ? 'Its rows have no IDs. Say whose rows they are: open the items file, or a file of IDs, along with it.'
      : 'Say which column holds the item’s ID.';
  }
  return null;
}
