import { inEnglish } from '../words/words';
import type { LogSummary } from '../record/runRecord';
import { auditLog } from './audit';
import { picturesOf } from './pictures';
import { categoryLevels } from './itemText';
import type { ReadLog } from './readLog';
import type { Split, VisualFeatures } from './types';

/**
 * Cached by split, which belongs to one log, since an audit passes over all events and a log is summarised
 * for every run.
 */
const audits = new WeakMap<Split, NonNullable<LogSummary['audit']>>();

function auditOf({ log, split, recipe }: Pick<ReadLog, 'log' | 'split' | 'recipe'>): NonNullable<LogSummary['audit']> {
  const known = audits.get(split);
  if (known !== undefined) return known;
  // Records are English.
  const audit = inEnglish(() => auditLog({ log, split, recipe })).map(({ id, level, count, of, message }) => ({
    id,
    level,
    count,
    of,
    message,
  }));
  audits.set(split, audit);
  return audit;
}

/**
 * What the page says about a log. `queries` counts events with a query, `exposures` the items shown but not
 * clicked, over all events; `coldTargets` the test targets that occur in no training event.
 * @param id `sample`, or the log's ID in the run spec.
 */
export function summariseLog(id: string, { log, split, dropped, recipe }: Omit<ReadLog, 'findings'>): LogSummary {
  const { columns } = log.events;
  let queries = 0;
  for (const query of columns.query) if (query >= 0) queries++;
  const coldTargets = split.test.filter(({ user, position }) => split.cold[log.events.item(user, position)] === 1).length;
  return {
    id,
    name: log.name,
    hash: log.hash,
    users: log.users.length,
    items: log.items.length,
    interactions: log.events.length,
    coldTargets,
    queries,
    exposures: columns.exposed.length,
    targets: split.test.length,
    dropped: dropped.map(({ reason, rows }) => ({ reason, rows })),
    ...categoryFacts(log),
    ...(log.embeddings === undefined ? {} : { embeddings: { width: log.embeddings.width, missing: log.embeddings.missing } }),
    ...(log.visual && { visual: visualSummary(log, log.visual) }),
    audit: auditOf({ log, split, recipe }),
    recipe,
  };
}

/** Nothing if categories have no levels. */
export function categoryFacts({ items }: Pick<ReadLog['log'], 'items'>): Pick<LogSummary, 'categoryNodes'> {
  const nodes = new Set<string>();
  let deep = false;
  for (const { category } of items) {
    const levels = categoryLevels(category);
    deep ||= levels.length > 1;
    for (const level of levels) nodes.add(level);
  }
  return deep ? { categoryNodes: nodes.size } : {};
}

function visualSummary(log: ReadLog['log'], { width, present }: VisualFeatures): NonNullable<LogSummary['visual']> {
  const pictures = picturesOf(log);
  return { width, missing: present.filter((has) => has === 0).length, ...(pictures && { source: pictures.source }) };
}
