/** Reads a layout as a drop would, and compares what became of it with what its publisher meant. */
import { readMapOption, withMaps } from '../../src/cli/logOptions';
import { missingEvents } from '../../src/log/intake/guess';
import { defaultRecipe, finishLog, inspectFiles, readIntake, survey } from '../../src/log/intake/intake';
import { LogError } from '../../src/log/types';
import { logUsers } from '../../src/testing/smallLogs';
import type { Layout } from './world';

export interface Outcome {
  readonly kind: 'as meant' | 'refused' | 'otherwise';
  /** The message of a refusal, or what differs. */
  readonly detail: string;
}

const otherwise = (detail: string): Outcome => ({ kind: 'otherwise', detail });

/** What differs between the log and what was meant; null if nothing does. */
function difference(
  { visits, times, titles, split }: Layout,
  read: Awaited<ReturnType<typeof finishLog>>,
  ignored: readonly string[],
  aside: readonly string[],
): string | null {
  const { log } = read;
  const users = logUsers(log);
  const meant = new Map<string, { item: string; time: number }[]>();
  for (const { user, item, time } of visits!) meant.set(user, [...(meant.get(user) ?? []), { item, time }]);
  if (users.length !== meant.size) return `${users.length} users instead of ${meant.size}`;
  for (const { id, events } of users) {
    const own = meant.get(id);
    if (own === undefined) return `a user ${id}`;
    const items = events.map(({ item }) => log.items.at(item).id);
    // A basket has no order.
    const key = (of: { item: string; time: number }): string => `${times === null ? '' : Math.floor(of.time / times)} ${of.item}`;
    const found = events.map(({ time }, at) => key({ item: items[at]!, time: times === null ? 0 : time }));
    const wanted = own.map(key);
    const same = times === null || times === 1 ? found : found.toSorted();
    if (same.join() !== (times === null || times === 1 ? wanted : wanted.toSorted()).join())
      return `user ${id} has ${found.slice(0, 4).join('; ')} instead of ${wanted.slice(0, 4).join('; ')} (${found.length}, ${wanted.length})`;
  }
  if (titles !== null) {
    for (const { id, title } of log.items) {
      if (titles.has(id) && title !== titles.get(id)) return `item ${id} is “${title}” instead of “${titles.get(id)!}”`;
      if (!titles.has(id)) return `an item ${id}`;
    }
  }
  const parts = read.split;
  if (split !== undefined) {
    const found = [parts.train.reduce((sum, { end }) => sum + end, 0), parts.validation.length, parts.test.length];
    if (found.join() !== split.join()) return `a split of ${found.join(', ')} instead of ${split.join(', ')}`;
  }
  const used = aside.filter((name) => !ignored.includes(name));
  return used.length === 0 ? null : `${used.join(', ')} read`;
}

function filesOf({ files }: Layout): File[] {
  return Object.entries(files).map(([name, text]) => new File([text], name));
}

export async function readLayout(layout: Layout, choice?: Layout['choice']): Promise<Outcome> {
  try {
    const { sources, guesses } = await inspectFiles(filesOf(layout));
    const mappings = withMaps(
      guesses.map(({ mapping }) => mapping),
      (choice?.maps ?? []).map(readMapOption),
      (at) => guesses[at]!.rows,
    );
    const missing = mappings.some(({ part }) => part === 'events') ? null : missingEvents(guesses);
    if (missing !== null) throw missing;
    const intake = await readIntake(sources, mappings);
    const suggested = defaultRecipe(intake, guesses);
    const titled = layout.titles !== null;
    const recipe = {
      ...suggested,
      filters: {
        ...suggested.filters,
        userCore: 1,
        withoutText: titled ? ('drop' as const) : ('id' as const),
        ...choice?.filters,
      },
    };
    const surveyed = survey(intake, recipe);
    const read = await finishLog(intake, recipe, surveyed);
    if (layout.visits === null) return otherwise('it is no log, and was read');
    const ignored = mappings.filter(({ part }) => part === 'ignored' || part === 'users').map(({ name }) => name);
    if (layout.split !== undefined && recipe.split.kind !== 'given') return otherwise(`split ${recipe.split.kind}`);
    const differs = difference(layout, read, ignored, layout.aside ?? []);
    return differs === null ? { kind: 'as meant', detail: '' } : otherwise(differs);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return { kind: 'refused', detail: error.message };
  }
}
