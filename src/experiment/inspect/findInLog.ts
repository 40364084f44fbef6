/** Items and histories of a log, as the inspector lists them. */
import { thumbnailOf } from '../../log/pictures';
import { forkRandom } from '../../log/random';
import type { InteractionLog } from '../../log/types';
import type { InspectedItem } from '../../record/inspection';
import type { PreparedData } from '../prepare/preparedData';
import { testTargetOf } from './textPrompt';
import { shownText } from '../../recipe/texts';

/** An item in a list to choose from. */
export function inspectedItem(log: Pick<InteractionLog, 'items' | 'visual'>, item: number): InspectedItem {
  const title = log.items.titleOf(item);
  const category = shownText(log.items.at(item).category);
  return { item, title, category, pixels: thumbnailOf(log, item) };
}

export interface UserHistory {
  readonly user: string;
  /** All events before the test item, oldest first. */
  readonly items: readonly InspectedItem[];
  readonly query: string;
  readonly target: InspectedItem;
}

/**
 * A user's history before the test item; if no user is named, `draw` draws one.
 * @throws RangeError for a user who is not in the log or has no test item
 */
export function userHistory(data: PreparedData, user: string | null, draw: number): UserHistory {
  const { log, split } = data;
  const target =
    user === null ? split.test[forkRandom(draw, 'inspected user').integer(split.test.length)]! : testTargetOf(data, user);
  const { item, query } = log.events.at(target.user, target.position);
  const items = data.historyOf(target).map((one) => inspectedItem(log, one));
  return { user: log.users.at(target.user), items, query, target: inspectedItem(log, item) };
}
