/** What the user should know before using a log. */
import type { LogRecipe } from '../../recipe/logRecipe';
import type { Filtered } from '../intake/filters';
import type { EventOrder } from '../intake/order';
import type { RawLog } from '../intake/rawLog';
import type { FindingLevel } from '../intake/reasons';
import type { FilePosition } from '../intake/tally';

export interface Finding {
  readonly level: FindingLevel;
  /** What was found, with its count. */
  readonly message: string;
  /** What is done about it. */
  readonly done: string;
  readonly first: readonly FilePosition[];
  readonly example: string;
}

/** A log as read, and what a recipe keeps of it. */
export interface Surveyed {
  readonly raw: RawLog;
  readonly order: EventOrder;
  readonly filtered: Filtered;
  readonly recipe: LogRecipe;
}

/** Looks for one kind of oddity, or several that are counted together; null where there is none. */
export type FindingCheck = (surveyed: Surveyed) => Finding | null | readonly (Finding | null)[];

export function note(message: string, done: string, first: readonly FilePosition[] = [], example = ''): Finding {
  return { level: 'note', message, done, first, example };
}

export function warning(message: string, done: string, first: readonly FilePosition[] = [], example = ''): Finding {
  return { level: 'warning', message, done, first, example };
}
