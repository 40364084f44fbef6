import type { LogSummary } from '../record/runRecord';
import type { ReadLog } from './readLog';

/**
 * What the page says about a log. `queries` counts events with a query, `exposures` the items shown and not clicked,
 * over all events; `coldTargets` the test targets that occur in no training event.
 * @param id `sample`, or what the run spec calls the log.
 */
export function summariseLog(id: string, { log, split, dropped, recipe }: Omit<ReadLog, 'findings'>): LogSummary {
  let interactions = 0;
  let queries = 0;
  let exposures = 0;
  for (const { events } of log.users) {
    interactions += events.length;
    for (const { query, exposed } of events) {
      if (query !== '') queries++;
      exposures += exposed.length;
    }
  }
  const coldTargets = split.test.filter(({ user, position }) => split.cold[log.users[user]!.events[position]!.item] === 1).length;
  return {
    id,
    name: log.name,
    hash: log.hash,
    users: log.users.length,
    items: log.items.length,
    interactions,
    coldTargets,
    queries,
    exposures,
    targets: split.test.length,
    dropped: dropped.map(({ reason, rows }) => ({ reason, rows })),
    ...(log.embeddings === undefined ? {} : { embeddings: { width: log.embeddings.width, missing: log.embeddings.missing } }),
    recipe,
  };
}
