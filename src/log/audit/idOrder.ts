import { shortened, TITLE_LENGTH } from '../shortened';
import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { idOrderCorrelation, tellsTime } from '../intake/traps';
import { hasTimes, NAMED, number, type AuditCheck } from './check';

/** Share of items from which IDs in texts are no coincidence (`300 (2006)`). */
const COINCIDENCE = 0.01;

/** Whether a text contains an ID as a separate word. */
function holds(text: string, id: string): boolean {
  const at = text.indexOf(id);
  const bounded = (place: number): boolean => !/[\p{L}\p{N}]/u.test(text.charAt(place));
  return at >= 0 && id !== '' && bounded(at - 1) && bounded(at + id.length);
}

/** Whether an item's ID reveals when it appeared, and whether the model reads IDs. */
export const idOrder: AuditCheck = (audited) => {
  const { log } = audited;
  if (!hasTimes(audited)) return null;
  const { item, time } = log.events.columns;
  const first = new Float64Array(log.items.length).fill(Infinity);
  item.forEach((index, event) => {
    if (isTimed(time[event]!)) first[index] = Math.min(first[index]!, time[event]!);
  });
  const order = Array.from(first.keys())
    .filter((index) => first[index] !== Infinity)
    .sort((a, b) => first[a]! - first[b]!);
  const { id, title, description } = log.items.columns;
  const ids = order.map((index) => id.at(index));
  const of = ids.length;
  const correlation = idOrderCorrelation(ids);
  if (!tellsTime(correlation, of)) {
    const message = t('Item IDs do not reveal when an item appeared');
    return { id: 'id-order', level: 'green', count: 0, of, message, advice: '', first: [] };
  }
  const read = order.filter((index, at) => holds(title.at(index), ids[at]!) || holds(description.at(index), ids[at]!));
  const leaks = read.length > COINCIDENCE * of;
  return {
    id: 'id-order',
    level: leaks ? 'red' : 'green',
    count: leaks ? read.length : 0,
    of,
    message: leaks
      ? t(
          'Item IDs reveal when an item appeared (rank correlation {correlation}), and {n} of {of} titles or texts contain their ID',
          { correlation: correlation.toFixed(2), n: number(read.length), of: number(of) },
        )
      : t(
          'Item IDs reveal when an item appeared (rank correlation {correlation}), but no text that the model reads contains them',
          { correlation: correlation.toFixed(2) },
        ),
    advice: leaks ? t('Use a random number as the title of items without one, or leave IDs out of the texts.') : '',
    first: leaks ? read.slice(0, NAMED).map((index) => `“${shortened(log.items.titleOf(index), TITLE_LENGTH)}”`) : [],
  };
};
