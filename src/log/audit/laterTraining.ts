import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { hasTimes, targetFinding, trainedEnds, type AuditCheck } from './check';

/** Share of test targets from which a split is reported to train on the future. */
const MUCH = 0.01;

/** Number of greater entries in an ascending array. */
function later(sorted: Float64Array, than: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > than) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/**
 * Test targets that are earlier than some training event. With one target per user, other users' later events
 * are trained on: what became popular afterwards is known (Ji et al. 2023, https://doi.org/10.1145/3569930).
 */
export const laterTraining: AuditCheck = (audited) => {
  const { log, split } = audited;
  if (!hasTimes(audited)) return null;
  const { start, time } = log.events.columns;
  const ends = trainedEnds({ log, split });
  const all = new Float64Array(ends.reduce((sum, end) => sum + end, 0));
  let filled = 0;
  ends.forEach((end, user) => {
    for (let at = start[user]!; at < start[user]! + end; at++) if (isTimed(time[at]!)) all[filled++] = time[at]!;
  });
  const times = all.subarray(0, filled).sort();
  const after = split.test.map(({ user, position }) =>
    isTimed(log.events.time(user, position)) ? later(times, log.events.time(user, position)) : 0,
  );
  const mean = after.reduce((sum, count) => sum + count, 0) / (after.length * times.length);
  let at = 0;
  return targetFinding(audited, {
    id: 'later-training',
    among: 'test',
    is: () => after[at++]! > 0,
    most: MUCH,
    level: 'amber',
    message: (share) =>
      mean > 0
        ? t(
            '{share} test targets precede training events of other users: on average, {percent} % of the training events are later than the target',
            { share, percent: mean < 0.005 ? '<1' : (100 * mean).toFixed(0) },
          )
        : t('{share} test targets precede training events of other users', { share }),
    advice: t('The model learns from what others did later. One cut-off time avoids it; otherwise report the split.'),
  });
};
