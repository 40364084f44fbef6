import { message, t } from '../../words/words';
import type { LogFilters } from '../../recipe/logRecipe';
import type { RawLog } from '../intake/rawLog';
import { NAMED_PLACES, type FilePosition } from '../intake/tally';
import { note, warning, type FindingCheck } from './finding';

/** What stands in for a title. */
const WITHOUT_TEXT: Readonly<Record<LogFilters['withoutText'], string>> = {
  id: message('the ID stands in for the title; it carries no meaning for the model to keep or lose'),
  number: message('a random number stands in for the title, because the IDs reveal when an item appeared'),
  drop: message('their events are left out'),
};

/** Rows of the first events of items. */
function firstRows({ events: { item, source, line }, sourceNames }: RawLog, isWanted: (item: number) => boolean): FilePosition[] {
  const first = new Map<number, FilePosition>();
  for (let row = 0; row < item.length && first.size < NAMED_PLACES; row++) {
    if (!isWanted(item[row]!) || first.has(item[row]!)) continue;
    first.set(item[row]!, { file: sourceNames[source.at(row)]!, line: line[row]! });
  }
  return [...first.values()];
}

/** Items that no file lists, that have no text, vector or event. */
export const items: FindingCheck = ({ raw, recipe: { filters } }) => {
  const { texts, ids, listed, embeddings, visual } = raw.items;
  const events = new Int32Array(ids.texts.length);
  for (const item of raw.events.item) events[item]!++;
  const shown = new Uint8Array(events.length);
  for (const item of raw.events.exposed) shown[item] = 1;

  const hasEvents = (item: number): boolean => events[item]! > 0;
  const isListed = (item: number): boolean => listed[item] === true;
  const isKnown = (item: number): boolean => hasEvents(item) || isListed(item);
  const isUntitled = (item: number): boolean => (texts.title[item] ?? '') === '';
  const count = (is: (item: number) => boolean): number => events.reduce((sum, _, item) => sum + Number(is(item)), 0);

  const unlisted = raw.itemsListed ? count((item) => hasEvents(item) && !isListed(item)) : 0;
  const untitled = count((item) => hasEvents(item) && isUntitled(item));
  const untitledEvents = events.reduce((sum, n, item) => sum + (isUntitled(item) ? n : 0), 0);
  const shownUntitled = count((item) => shown[item] === 1 && isUntitled(item));
  const unembedded = embeddings.items > 0 ? count((item) => isKnown(item) && !embeddings.has(item)) : 0;
  const unpictured = visual.items > 0 ? count((item) => isKnown(item) && !visual.has(item)) : 0;
  const unused = count((item) => isListed(item) && !hasEvents(item));
  return [
    unlisted === 0
      ? null
      : warning(
          t('{n, plural, one {# item of the events is in no items file} other {# items of the events are in no items file}}', {
            n: unlisted,
          }),
          t('kept where a row has a title for them'),
          firstRows(raw, (item) => !isListed(item)),
        ),
    untitled === 0
      ? null
      : warning(
          t(
            '{n, plural, one {# item without a title} other {# items without a title}}, in {events, plural, one {# event} other {# events}}',
            { n: untitled, events: untitledEvents },
          ),
          t(WITHOUT_TEXT[filters.withoutText]),
        ),
    shownUntitled === 0
      ? null
      : note(
          t('{n, plural, one {# item shown but without a title} other {# items shown but without a title}}', {
            n: shownUntitled,
          }),
          t('taken out of the lists of shown items'),
        ),
    unembedded === 0
      ? null
      : note(
          t(
            '{n, plural, one {# item without an embedding} other {# items without an embedding}}, beside {others, plural, one {# item that has one of {width} numbers} other {# items that have one of {width} numbers}}',
            { n: unembedded, others: embeddings.items, width: String(embeddings.width) },
          ),
          t('the mean of the others stands in'),
        ),
    unpictured === 0
      ? null
      : note(
          t(
            '{n, plural, one {# item without visual features} other {# items without visual features}}, beside {others, plural, one {# item that has {width} numbers} other {# items that have {width} numbers}}',
            { n: unpictured, others: visual.items, width: String(visual.width) },
          ),
          t('L_img leaves them out'),
        ),
    unused === 0
      ? null
      : note(
          t('{n, plural, one {# item without any event} other {# items without any event}}', { n: unused }),
          filters.itemCore > 0
            ? t('left out of the catalogue')
            : t('kept in the catalogue and ranked; an item core of 1 leaves them out'),
        ),
  ];
};
