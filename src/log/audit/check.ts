/** What an audit says about a log and its split, one finding per check. */
import { numberFormat, t } from '../../words/words';
import type { LogRecipe } from '../../recipe/logRecipe';
import { knownOrder, someTimed } from '../intake/readMappings';
import { shortened, TITLE_LENGTH } from '../shortened';
import { historyEnd, type InteractionLog, type Split, type Target } from '../types';

/** `red`: a result would be invalid. `amber`: to be mentioned with it. `green`: as it should be. */
export type AuditLevel = 'red' | 'amber' | 'green';

export interface AuditFinding {
  readonly id: string;
  readonly level: AuditLevel;
  /** The count, and the total. */
  readonly count: number;
  readonly of: number;
  /** In words, with the counts. */
  readonly message: string;
  /** What to do; empty if there is nothing to do. */
  readonly advice: string;
  /** The first ones, in words. */
  readonly first: readonly string[];
}

export interface Audited {
  readonly log: InteractionLog;
  readonly split: Split;
  readonly recipe: LogRecipe;
}

/** One check; returns null if it does not apply to this log. */
export type AuditCheck = (audited: Audited) => AuditFinding | null;

/** Maximum number of examples named. */
export const NAMED = 5;

export function number(count: number): string {
  return numberFormat().format(count);
}

/** `12 of 345 (3.5 %)`, `None of 345`. */
export function share(count: number, of: number): string {
  if (count === 0) return t('None of {n}', { n: number(of) });
  return t('{n} of {of} ({percent} %)', { n: number(count), of: number(of), percent: ((100 * count) / of).toFixed(1) });
}

/**
 * Whether some files have times, which compare between users. What has none in a log that has some is told by
 * `isTimed`.
 */
export function hasTimes({ recipe }: Pick<Audited, 'recipe'>): boolean {
  return someTimed(recipe.sources);
}

/** Whether some files say in which order the events of a user are; otherwise the order of rows is used. */
export function hasOrder(audited: Pick<Audited, 'recipe'>): boolean {
  return hasTimes(audited) || knownOrder(audited.recipe.sources) === 'numbers';
}

/** `user 12: “Toy Story”`. */
function namedTarget({ log }: Pick<Audited, 'log'>, { user, position }: Target): string {
  return t('user {user}: “{item}”', {
    user: log.users.at(user),
    item: shortened(log.items.titleOf(log.events.item(user, position)), TITLE_LENGTH),
  });
}

/** By user: number of first events that are trained on. */
export function trainedEnds({ log, split }: Pick<Audited, 'log' | 'split'>): Int32Array {
  const ends = new Int32Array(log.users.length);
  for (const { user, end } of split.train) ends[user] = Math.min(end, log.events.count(user));
  return ends;
}

/** Whether any user has an item again in training, so that a target that comes again may be honest. */
export function repeatsInTraining(audited: Pick<Audited, 'log' | 'split'>): boolean {
  const { start, item } = audited.log.events.columns;
  return trainedEnds(audited).some((end, user) => new Set(item.subarray(start[user], start[user]! + end)).size < end);
}

/** A check of targets. */
export interface TargetCheck {
  readonly id: string;
  /** The test targets, or validation targets as well. */
  readonly among: 'test' | 'all';
  /** `end`: events of the user before it that are its history. */
  readonly is: (target: Target, end: number) => boolean;
  /** Share of the targets above which `level` and the advice are given; below, the level is green. */
  readonly most: number;
  readonly level: AuditLevel;
  /** @param share `12 of 345 (3.5 %)` */
  readonly message: (share: string) => string;
  readonly advice: string;
}

/**
 * The first target of each of the first users, since the targets of one basket would say the same five times.
 */
function ofOneEach(targets: readonly Target[]): Target[] {
  const named: Target[] = [];
  for (const target of targets) {
    if (named.length === NAMED) break;
    if (!named.some(({ user }) => user === target.user)) named.push(target);
  }
  return named;
}

/** The finding about the number of targets for which something is true. */
export function targetFinding(audited: Audited, { id, among, is, most, level, message: say, advice }: TargetCheck): AuditFinding {
  const { test, validation } = audited.split;
  const targets = among === 'test' ? test : [...validation, ...test];
  const found = targets.filter((target) => is(target, historyEnd(audited.log, target)));
  const [count, of] = [found.length, targets.length];
  const much = count > most * of;
  return {
    id,
    level: much ? level : 'green',
    count,
    of,
    message: say(share(count, of)),
    advice: much ? advice : '',
    first: ofOneEach(found).map((target) => namedTarget(audited, target)),
  };
}
