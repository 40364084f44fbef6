import { idOrderCorrelation, tellsTime } from '../intake/traps';
import { hasTimes, number, type Check } from './check';

/** Whether an item's id tells when it came, and whether the model reads ids. */
export const idOrder: Check = (audited) => {
  const { log } = audited;
  if (!hasTimes(audited)) return null;
  const { item, time } = log.events.columns;
  const first = new Float64Array(log.items.length).fill(Infinity);
  item.forEach((index, event) => {
    first[index] = Math.min(first[index]!, time[event]!);
  });
  const order = Array.from(first.keys())
    .filter((index) => first[index] !== Infinity)
    .sort((a, b) => first[a]! - first[b]!);
  const ids = order.map((index) => log.items.columns.id.at(index));
  const correlation = idOrderCorrelation(ids);
  const tells = tellsTime(correlation, ids.length);
  const read = order.filter(
    (index, at) => log.items.titleOf(index).includes(ids[at]!) && /^(?:item )?\S+$/.test(log.items.titleOf(index)),
  );
  const count = tells ? read.length : 0;
  return {
    id: 'id-order',
    level: count > 0 ? 'red' : tells ? 'amber' : 'green',
    count,
    of: ids.length,
    message: tells
      ? `Item IDs reveal when an item appeared: rank correlation ${correlation.toFixed(2)} over ${number(ids.length)} items; ${number(count)} titles are IDs`
      : 'Item IDs do not reveal when an item appeared',
    advice: count > 0 ? 'Use a random number as the title of items without one.' : '',
    first: read.slice(0, 5).map((index) => `“${log.items.titleOf(index)}”`),
  };
};
