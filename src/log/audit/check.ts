/** What an audit says of a log and its split, one finding a check. */
import type { LogRecipe } from '../../recipe/logRecipe';
import { historyEnd, type InteractionLog, type Split, type Target } from '../types';

/** `red`: a result would not be true. `amber`: to be said beside it. `green`: as it should be. */
export type AuditLevel = 'red' | 'amber' | 'green';

export interface AuditFinding {
  readonly id: string;
  readonly level: AuditLevel;
  /** How many of how many. */
  readonly count: number;
  readonly of: number;
  /** In words, with the counts. */
  readonly message: string;
  /** What to do; empty where there is nothing to do. */
  readonly advice: string;
  /** The first ones, in words. */
  readonly first: readonly string[];
}

export interface Audited {
  readonly log: InteractionLog;
  readonly split: Split;
  readonly recipe: LogRecipe;
}

/** One kind of check; null where it does not apply to this log. */
export type Check = (audited: Audited) => AuditFinding | null;

/** Examples that are named. */
export const NAMED = 5;

export function number(count: number): string {
  return count.toLocaleString('en');
}

/** `12 of 345 (3.5 %)`. */
export function share(count: number, of: number): string {
  return of === 0 ? '0 of 0' : `${number(count)} of ${number(of)} (${((100 * count) / of).toFixed(1)} %)`;
}

/** Whether the files have times; without, the order of their rows stands for it. */
export function hasTimes({ recipe }: Pick<Audited, 'recipe'>): boolean {
  const events = recipe.sources.filter(({ part }) => part === 'events');
  return events.length > 0 && events.every(({ timeUnit }) => timeUnit !== 'order');
}

/** `user 12: “Toy Story”`. */
export function namedTarget({ log }: Pick<Audited, 'log'>, { user, position }: Target): string {
  return `user ${log.users.at(user)}: “${log.items.titleOf(log.events.item(user, position))}”`;
}

/** The test targets that something is true of, and the first of them in words. */
export function whichTargets(audited: Audited, is: (target: Target, end: number) => boolean): { count: number; first: string[] } {
  const first: string[] = [];
  let count = 0;
  for (const target of audited.split.test) {
    if (!is(target, historyEnd(audited.log, target))) continue;
    count++;
    if (first.length < NAMED) first.push(namedTarget(audited, target));
  }
  return { count, first };
}
