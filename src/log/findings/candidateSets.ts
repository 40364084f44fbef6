import { t } from '../../words/words';
import { note, warning, type FindingCheck } from './finding';

/** Which candidate sets can be used, and how. */
export const candidateSets: FindingCheck = ({
  raw: { candidates, items },
  filtered: { itemCounts, userCounts },
  recipe: { filters },
}) => {
  if (candidates === null) return null;
  const { user, item, end } = candidates;
  const isMissing = (candidate: number): boolean =>
    (filters.withoutText === 'drop' && (items.texts.title[candidate] ?? '') === '') || itemCounts[candidate]! < filters.itemCore;
  let [sets, start, missing] = [0, 0, 0];
  user.forEach((owner, set) => {
    const given = item.subarray(start, end[set]);
    start = end[set]!;
    if (userCounts[owner] === 0) return;
    sets++;
    missing += given.filter(isMissing).length;
  });
  return [
    note(
      t('{n, plural, one {# candidate set for targets} other {# candidate sets for targets}}', { n: sets }),
      t('each is the pool of its target if the recipe evaluates with the protocol pre-ranking and the pool candidates given'),
    ),
    sets === user.length
      ? null
      : warning(
          t(
            '{n, plural, one {# candidate set of users without any event left} other {# candidate sets of users without any event left}}',
            { n: user.length - sets },
          ),
          t('left out'),
        ),
    missing === 0
      ? null
      : warning(
          t(
            '{n, plural, one {# candidate that the catalogue does not have} other {# candidates that the catalogue does not have}}',
            { n: missing },
          ),
          t('left out of the pools, which are smaller than published'),
        ),
  ];
};
