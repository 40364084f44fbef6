import { numberFormat, t } from '../../words/words';
import { MOST_TEXT_CHARACTERS } from '../records/values';
import { quoted } from '../intake/tally';
import { nearDuplicateTitles } from '../intake/traps';
import { note, type FindingCheck } from './finding';

/** Texts that were cut. */
export const cutTexts: FindingCheck = ({ raw: { items } }) => {
  const { title, category, description } = items.texts;
  const cut = [title, category, description].flatMap((texts) =>
    [...texts.keys()].filter((item) => (texts[item] ?? '').length >= MOST_TEXT_CHARACTERS),
  );
  if (cut.length === 0) return null;
  const message = t('{n, plural, one {# text of {most} characters or more} other {# texts of {most} characters or more}}', {
    n: cut.length,
    most: numberFormat().format(MOST_TEXT_CHARACTERS),
  });
  return note(message, t('cut there'), [], t('item {id}', { id: quoted(items.ids.texts[cut[0]!]) }));
};

/** Items that a reader could not tell apart. */
export const similarTitles: FindingCheck = ({ raw, filtered }) => {
  const { items, example } = nearDuplicateTitles(raw, filtered.itemCounts);
  if (items === 0) return null;
  const message = t(
    '{n, plural, one {# item with nearly the same title as another item} other {# items with nearly the same title as another item}}',
    { n: items },
  );
  return note(message, t('kept as separate items; a ranking may count the twin as a miss'), [], example);
};
