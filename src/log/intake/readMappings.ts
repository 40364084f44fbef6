/**
 * Which mappings are read, and what prevents it. Separate from the readers, so that the page need not load
 * them.
 */
import type { SourcePart, SourceMapping } from '../../recipe/logRecipe';
import { bringsVectors, ORDER_ROLES } from '../formats/roles';

/** Mappings that contribute to a log. */
export const READ_PARTS: readonly SourcePart[] = ['events', 'items', 'orders', 'accounts', 'candidates'];

type Mapped = Pick<SourceMapping, 'part' | 'roles' | 'rowsOf' | 'timeUnit'>;

/** What the orders of all sources tell about their events. */
function ordersTell(mappings: readonly Mapped[], role: 'user' | 'time'): boolean {
  return mappings.some(
    ({ part, roles, timeUnit }) =>
      part === 'orders' && roles.order !== undefined && roles[role] !== undefined && (role === 'user' || timeUnit !== 'order'),
  );
}

/** Whether the time of a source's events is that of their order, in another source. */
export function timedByOrder({ roles }: Mapped, mappings: readonly Mapped[]): boolean {
  return roles.order !== undefined && roles.time === undefined && ordersTell(mappings, 'time');
}

/** Whether events are in the order of their file, for want of times. */
export function inFileOrder(mapping: Mapped, mappings: readonly Mapped[]): boolean {
  return mapping.part === 'events' && mapping.timeUnit === 'order' && !timedByOrder(mapping, mappings);
}

function numbered(mapping: Mapped, mappings: readonly Mapped[]): boolean {
  const timed = timedByOrder(mapping, mappings)
    ? mappings.filter(({ part, roles }) => part === 'orders' && roles.order !== undefined && roles.time !== undefined)
    : [mapping];
  return mapping.part === 'events' && timed.some(({ timeUnit }) => timeUnit === 'numbered');
}

/**
 * What is known of when events happened: times that all users share, numbers that order the events of one
 * user, or the order of a file alone.
 */
export type KnownOrder = 'times' | 'numbers' | 'file';

/** The least that is known of any source of events. */
export function knownOrder(mappings: readonly Mapped[]): KnownOrder {
  const events = mappings.filter(({ part }) => part === 'events');
  if (events.length === 0 || events.some((mapping) => inFileOrder(mapping, mappings))) return 'file';
  return events.some((mapping) => numbered(mapping, mappings)) ? 'numbers' : 'times';
}

/** Whether some source of events has times that all users share. */
export function someTimed(mappings: readonly Mapped[]): boolean {
  return mappings.some((mapping) => mapping.part === 'events' && !inFileOrder(mapping, mappings) && !numbered(mapping, mappings));
}

/** Whether a column says in which order the events of one time are. */
export function ordersBaskets(mappings: readonly Mapped[]): boolean {
  const events = mappings.filter(({ part }) => part === 'events');
  return events.length > 0 && events.every(({ roles }) => roles.position !== undefined);
}

/** What a mapping lacks before its source can be read along with the others; null if nothing. */
export function mappingProblem({ part, roles, rowsOf }: Mapped, mappings: readonly Mapped[]): string | null {
  if (part === 'events' && roles.user === undefined && !(roles.order !== undefined && ordersTell(mappings, 'user'))) {
    return roles.order === undefined
      ? 'Say which column holds the user.'
      : 'Say which column holds the user, or open the file that says whose the orders are.';
  }
  if (part === 'events' && roles.item === undefined && roles.history === undefined && roles.impressions === undefined) {
    return 'Say which column holds the item, or the list of a user’s items.';
  }
  if (part === 'orders' && (roles.order === undefined || ORDER_ROLES.every((role) => roles[role] === undefined))) {
    return 'Say which column holds the ID of the order, and what else the file says of it.';
  }
  if (part === 'accounts' && (roles.user === undefined || roles.alias === undefined)) {
    return 'Say which columns hold the user, and the ID by which other files name the user.';
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
