/**
 * What is no interest of a user in an item: kinds of events, returned goods, guests. Left out at first, and
 * said.
 */
import type { SourceMapping } from '../../recipe/logRecipe';
import { normaliseName } from '../formats/header';
import type { RawLog } from './rawLog';

const NO_INTEREST =
  /^(?:impressions?|imp|exposures?|expos(?:ed|e)|shown?|show|display(?:ed)?|view_?impression|dislikes?|downvotes?|thumbs_?down|negative|neg|skip(?:ped)?|hide|hidden|blocks?|report|unlikes?|unfollow|remove.*|delete.*|cancel(?:l?ed)?|canceled|returned?|refund(?:ed)?|unsubscribe|search(?:es)?|노출|싫어요|삭제|曝光|不喜欢|删除|表示|削除)$/i;

/** Whether a kind of event is none that expresses interest: what was only shown, disliked or removed. */
export function isNoInterest(kind: string): boolean {
  return NO_INTEREST.test(kind.trim().replaceAll(/[ -]/g, '_'));
}

/** Whether ratings are quantities of which some are negative: returned goods. */
export function takesBack({ events: { rating } }: RawLog, mappings: readonly SourceMapping[]): boolean {
  const quantities = mappings.some(
    ({ part, roles, columns }) =>
      part === 'events' &&
      roles.rating !== undefined &&
      /quantity|quantit|menge|anzahl|cantidad|수량|数量|количество/.test(normaliseName(columns[roles.rating] ?? '')),
  );
  return quantities && rating?.some((value) => value < 0) === true;
}

const GUEST_NAMES =
  /^(?:guest|anonymous|anon|unknown|undefined|none|nobody|not.?set|\(not set\)|비회원|游客|匿名|ゲスト|gast|invit[eé]|гость|invitado)$/i;
/** IDs that may be a user or stand for all who are none. */
const GUEST_NUMBERS = /^(?:-1|0|00+)$/;
/** Share of all events, and multiple of the others' mean, from which such an ID is no single user. */
const GUEST_SHARE = 0.05;
const GUEST_TIMES = 10;

/** IDs under which all guests are, instead of one user. */
export function guestsOf({ users, events: { user } }: Pick<RawLog, 'users' | 'events'>): string[] {
  const counts = new Int32Array(users.length);
  for (const of of user) counts[of]!++;
  return users.filter((id, of) => {
    if (GUEST_NAMES.test(id)) return true;
    const mean = (user.length - counts[of]!) / Math.max(1, users.length - 1);
    const many = counts[of]! >= GUEST_SHARE * user.length && counts[of]! > GUEST_TIMES * mean;
    return GUEST_NUMBERS.test(id) && users.length > 2 && (many || id === '-1');
  });
}
