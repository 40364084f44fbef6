import { t } from '../../words/words';
import { targetFinding, type AuditCheck } from './check';

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** Test targets whose title is in the prompt's search query. */
export const queries: AuditCheck = (audited) => {
  const { events, items } = audited.log;
  if (events.columns.queries.length === 0) return null;
  return targetFinding(audited, {
    id: 'queries',
    among: 'test',
    is: ({ user, position }) => {
      const query = events.query(user, position);
      if (query === '') return false;
      const title = folded(items.titleOf(events.item(user, position)));
      return title !== '' && folded(query).includes(title);
    },
    most: 0.05,
    level: 'amber',
    message: (share) => t('{share} test targets have their whole title in the search query', { share }),
    advice: t('Report this with the results, or train without the query.'),
  });
};
