import { t } from '../../words/words';
import type { Target } from '../types';
import { targetFinding, type AuditCheck, type Audited } from './check';

/** Least length of an ID and of a title that a text does not contain by chance. */
const LONG_ID = 4;
const LONG_TITLE = 8;
/** Items of the history that are looked at, the latest. */
const LATEST = 20;
/** Share of the targets from which texts are lists of users. */
const MANY = 0.01;

/** Whether a text has a word that is not part of a longer one. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test((text[at - 1] ?? ' ') + (text[at + word.length] ?? ' '))) return true;
  }
  return false;
}

function isTelling(id: string): boolean {
  return id.length >= LONG_ID && /\d/.test(id) && (/\D/.test(id) || id.length > LONG_ID);
}

/** Whether the description of the target names its user. */
function namesUser({ log }: Audited, { user, position }: Target): boolean {
  const id = log.users.at(user);
  return isTelling(id) && hasWord(log.items.columns.description.at(log.events.item(user, position)), id);
}

/** Whether the description of an item of the history names the target, or the other way round. */
function namesEachOther({ log }: Audited, { user, position }: Target, end: number): boolean {
  const target = log.items.at(log.events.item(user, position));
  const names = (text: string, item: typeof target): boolean =>
    text !== '' &&
    ((isTelling(item.id) && hasWord(text, item.id)) || (item.title.length >= LONG_TITLE && hasWord(text, item.title)));
  for (let at = Math.max(0, end - LATEST); at < end; at++) {
    const before = log.items.at(log.events.item(user, at));
    if (before.id !== target.id && (names(before.description, target) || names(target.description, before))) return true;
  }
  return false;
}

/**
 * Test targets that the texts of items give away: descriptions that list who bought the item, or what else
 * they bought.
 */
export const tellingTexts: AuditCheck = (audited) => {
  const { log, split } = audited;
  if ([...log.items.columns.description].every((text) => text === '')) return null;
  const listed = new Set(split.test.filter((target) => namesUser(audited, target)));
  const advice = t('Leave descriptions out that say who bought an item, or what was bought with it.');
  const found = targetFinding(audited, {
    id: 'item-texts',
    among: 'test',
    is: (target, end) => listed.has(target) || namesEachOther(audited, target, end),
    most: 0.05,
    level: 'amber',
    message: (share) =>
      t('{share} test targets are named by a description: it lists their user, or items of the history and the target', {
        share,
      }),
    advice,
  });
  return listed.size > MANY * split.test.length ? { ...found, level: 'red', advice } : found;
};
