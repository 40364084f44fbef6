import { share, whichTargets, type Check } from './check';

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** Test targets whose title stands in the search query of the prompt. */
export const queries: Check = (audited) => {
  const { log, split } = audited;
  if (log.events.columns.queries.length === 0) return null;
  const { count, first } = whichTargets(audited, ({ user, position }) => {
    const query = folded(log.events.query(user, position));
    const title = folded(log.items.titleOf(log.events.item(user, position)));
    return title !== '' && query.includes(title);
  });
  const of = split.test.length;
  return {
    id: 'queries',
    level: count > 0.05 * of ? 'amber' : 'green',
    count,
    of,
    message: `${share(count, of)} test targets have their whole title in the search query`,
    advice: count > 0.05 * of ? 'Report this with the results, or train without the query.' : '',
    first,
  };
};
