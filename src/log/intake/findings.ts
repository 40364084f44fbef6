/** Oddities of a log, with counts, first lines, and what is done about them. */
import { message, numberFormat, t } from '../../words/words';
import type { LogRecipe } from '../../recipe/logRecipe';
import { BAD_RATING, BAD_TIME, FILTERED_ROW, NO_ANSWERS, NO_CLICK, NO_TIME, OWN_EXPOSURE, SHOWN_ROW } from './readEvents';
import type { EventOrder } from './order';
import type { Filtered } from './filters';
import { SECOND_SET, UNKNOWN_CANDIDATE } from './candidates';
import { NO_VECTOR, NOT_FINITE, OTHER_LENGTH, SECOND, UNKNOWN_ITEM, VISUAL_NOTES } from './embeddings';
import { SECOND_ALIAS, TWO_ITEMS } from './itemSinks';
import { CONTRADICTING_ITEM, OTHER_TITLE, REPEATED_ITEM } from './items';
import { SECOND_PICTURE, UNKNOWN_PICTURE } from './itemPictures';
import type { Pictured } from './pictured';
import { PICTURE_NOTES } from '../source/pictureHeader';
import { SECOND_ACCOUNT, SECOND_ORDER, UNREADABLE_ORDER } from './orders';
import { inFileOrder, knownOrder, ordersBaskets } from './readMappings';
import type { RawLog } from './rawLog';
import { MOST_TEXT_CHARACTERS } from '../records/values';
import { NAMED_PLACES, NO_ITEM, NO_USER, ODD_QUOTES, PROBLEMS, quoted, type Counted, type Place } from './tally';
import { countBaskets, nearDuplicateTitles } from './traps';

export interface Finding {
  /** `note`: nothing is lost. `warning`: rows are left out, or a result may mislead. */
  readonly level: 'note' | 'warning';
  /** What was found, with its count. */
  readonly message: string;
  /** What is done about it. */
  readonly done: string;
  readonly first: readonly Place[];
  readonly example: string;
}

/** What is done about rows that are counted while reading. */
const DONE: Readonly<Record<string, string>> = {
  [NO_USER]: message('left out'),
  [NO_ITEM]: message('left out'),
  [NO_TIME]: message('left out'),
  [BAD_RATING]: message('read as missing; left out if a minimum rating is set'),
  [FILTERED_ROW]: message('left out by the row filter'),
  [SHOWN_ROW]: message('an exposure of what was chosen in its request'),
  [NO_CLICK]: message('left out: nothing was chosen'),
  [NO_ANSWERS]: message('left out: which one was clicked is withheld'),
  [BAD_TIME]: message('left out; choose another time unit if all should be read'),
  [PROBLEMS.fields]: message('left out; choose another delimiter if there are many'),
  [PROBLEMS.quotes]: message('left out'),
  [ODD_QUOTES]: message('used as it stands; double a quote ("") that belongs to the text'),
  [PROBLEMS.json]: message('left out'),
  [SECOND_ORDER]: message('the first row is used'),
  [UNREADABLE_ORDER]: message('its events are left out'),
  [SECOND_ACCOUNT]: message('the first user is used'),
  [REPEATED_ITEM]: message('the first row is used'),
  [CONTRADICTING_ITEM]: message('the first row is used'),
  [OTHER_TITLE]: message('the first title is used'),
  [NO_VECTOR]: message('the mean of the other items’ embeddings stands in'),
  [NOT_FINITE]: message('the mean of the other items’ embeddings stands in'),
  [OTHER_LENGTH]: message('the mean of the other items’ embeddings stands in'),
  [SECOND]: message('the first embedding is used'),
  [UNKNOWN_ITEM]: message('not used'),
  [VISUAL_NOTES.noVector]: message('the item counts as one without a picture'),
  [VISUAL_NOTES.notFinite]: message('the item counts as one without a picture'),
  [VISUAL_NOTES.otherLength]: message('the item counts as one without a picture'),
  [VISUAL_NOTES.second]: message('the first are used'),
  [SECOND_SET]: message('the first set is used'),
  [UNKNOWN_CANDIDATE]: message('left out of its pool'),
  [SECOND_ALIAS]: message('the first item is used'),
  [TWO_ITEMS]: message('read as the item whose own ID it is; if its rows use the other IDs, leave the ID map out'),
  [OWN_EXPOSURE]: message('the clicked item is taken out of the list, since it is not a negative'),
};

/** Notes that may affect a result. */
const WARNED = new Set([UNREADABLE_ORDER, SECOND_ACCOUNT, BAD_RATING, ODD_QUOTES, UNKNOWN_CANDIDATE, SECOND_ALIAS, TWO_ITEMS]);

/** Rows that are left out on request. */
const EXPECTED = new Set([FILTERED_ROW, SHOWN_ROW, NO_CLICK]);

function fromCounted(counts: readonly Counted[], level: Finding['level']): Finding[] {
  return counts.map(({ reason, rows, first, example }) => ({
    level,
    message: t('{n, plural, one {# row: {reason}} other {# rows: {reason}}}', { n: rows, reason: t(reason) }),
    done: t(DONE[reason] ?? message('left out')),
    first,
    example,
  }));
}

/** Findings about embedded pictures. */
export function pictureFindings({ leftOut, notes, table, model }: Pictured): Finding[] {
  return [
    finding(
      'note',
      t(
        '{n, plural, one {Visual features of # item, {width} numbers each} other {Visual features of # items, {width} numbers each}}',
        {
          n: table.items,
          width: String(table.width),
        },
      ),
      t('made of their pictures by {model}; L_img leaves out items without any', { model: model.id }),
    ),
    ...leftOut.map(({ reason, rows, first, example }) =>
      finding(
        'warning',
        t('{n, plural, one {# picture not used: {reason}} other {# pictures not used: {reason}}}', {
          n: rows,
          reason: t(reason),
        }),
        reason === UNKNOWN_PICTURE || reason === SECOND_PICTURE ? t('left out') : t('the item counts as one without a picture'),
        example,
        first,
      ),
    ),
    ...notes.map(({ reason, rows, first, example }) => {
      const { done } = Object.values(PICTURE_NOTES).find((note) => note.reason === reason)!;
      return finding(
        'note',
        t('{n, plural, one {# picture {reason}} other {# pictures {reason}}}', { n: rows, reason: t(reason) }),
        t(done),
        example,
        first,
      );
    }),
  ];
}

function finding(level: Finding['level'], message: string, done: string, example = '', first: readonly Place[] = []): Finding {
  return { level, message, done, first, example };
}

function encodings(raw: RawLog): Finding[] {
  const findings: Finding[] = [];
  for (const { name, encoding } of raw.sources) {
    const first = encoding.firstLatin.map((line) => ({ file: name, line }));
    if (encoding.encoding !== 'utf-8')
      findings.push(
        finding('note', t('{file} is {encoding}', { file: name, encoding: encoding.encoding.toUpperCase() }), t('read as such')),
      );
    else if (encoding.latinLines === 0) continue;
    else if (encoding.hasUtf8) {
      const found = t(
        '{n, plural, one {{file} mixes encodings: # line is not UTF-8} other {{file} mixes encodings: # lines are not UTF-8}}',
        { n: encoding.latinLines, file: name },
      );
      findings.push(finding('warning', found, t('those lines are read as Latin-1 (Windows-1252)'), '', first));
    } else
      findings.push(finding('note', t('{file} is not UTF-8', { file: name }), t('read as Latin-1 (Windows-1252)'), '', first));
  }
  return findings;
}

/** Splits with more or fewer rows than the dataset's card says, and missing shards. */
function datasetFindings({ sources }: RawLog): Finding[] {
  const splits = new Map<string, { rows: number; records: number; first: Place[] }>();
  for (const { name, listed } of sources) {
    if (listed === undefined) continue;
    const of = splits.get(listed.split) ?? { rows: listed.rows, records: 0, first: [] };
    splits.set(listed.split, { ...of, records: of.records + listed.records, first: [...of.first, { file: name, line: 0 }] });
  }
  const shards = new Map<string, { of: number; here: Set<string>; first: Place[] }>();
  for (const { name } of sources) {
    const [, before, number, of] = /^(.*)-(\d{5})-of-(\d{5})\b/.exec(name) ?? [];
    if (before === undefined) continue;
    const known = shards.get(before) ?? { of: Number(of), here: new Set<string>(), first: [] };
    known.here.add(number!);
    shards.set(before, { ...known, first: [...known.first, { file: name, line: 0 }] });
  }
  return [
    ...[...splits].flatMap(([split, { rows, records, first }]) =>
      rows === records
        ? []
        : [
            finding(
              'warning',
              t(
                '{n, plural, one {# row of {split}, where the dataset’s card says {rows}} other {# rows of {split}, where the dataset’s card says {rows}}}',
                { n: records, split, rows: numberFormat().format(rows) },
              ),
              t('read as it is; open all files of the split, or another revision'),
              '',
              first.slice(0, NAMED_PLACES),
            ),
          ],
    ),
    ...[...shards].flatMap(([name, { of, here, first }]) =>
      here.size === of
        ? []
        : [
            finding(
              'warning',
              t('{n, plural, one {{here} of # shard of {file} are here} other {{here} of # shards of {file} are here}}', {
                n: of,
                here: String(here.size),
                file: name,
              }),
              t('read as it is; open the others along with them'),
              '',
              first.slice(0, NAMED_PLACES),
            ),
          ],
    ),
  ];
}

function places(raw: RawLog, rows: readonly number[]): Place[] {
  const { source, line } = raw.events;
  return rows.map((row) => ({ file: raw.sourceNames[source.at(row)]!, line: line[row]! }));
}

interface ItemCounts {
  /** Items with events but without a title; their events. */
  readonly withoutText: number;
  readonly eventsWithoutText: number;
  /** Items with events that no items file lists. */
  readonly unlisted: number;
  readonly firstUnlisted: number[];
  /** Items in the items file without events. */
  readonly unused: number;
  /** Items that were shown but have no text. */
  readonly shownWithoutText: number;
  /** Items with events or a row of their own, but without an embedding. */
  readonly withoutEmbedding: number;
  /** The same for visual features. */
  readonly withoutVisual: number;
}

function countItems(raw: RawLog): ItemCounts {
  const { title } = raw.items.texts;
  const events = new Int32Array(raw.items.ids.texts.length);
  const firstUnlisted: number[] = [];
  raw.events.item.forEach((item, row) => {
    if (events[item]!++ === 0 && raw.itemsListed && raw.items.listed[item] !== true && firstUnlisted.length < 5)
      firstUnlisted.push(row);
  });
  const shown = new Uint8Array(events.length);
  for (const item of raw.events.exposed) shown[item] = 1;
  let [withoutText, eventsWithoutText, unlisted, unused, shownWithoutText, withoutEmbedding, withoutVisual] = [
    0, 0, 0, 0, 0, 0, 0,
  ];
  events.forEach((count, item) => {
    const listed = raw.items.listed[item] === true;
    const hasTitle = (title[item] ?? '') !== '';
    if (count > 0 && !hasTitle) {
      withoutText++;
      eventsWithoutText += count;
    }
    if (count > 0 && raw.itemsListed && !listed) unlisted++;
    if (count === 0 && listed) unused++;
    if (!hasTitle && shown[item] === 1) shownWithoutText++;
    if ((count > 0 || listed) && !raw.items.embeddings.has(item)) withoutEmbedding++;
    if ((count > 0 || listed) && !raw.items.visual.has(item)) withoutVisual++;
  });
  return { withoutText, eventsWithoutText, unlisted, firstUnlisted, unused, shownWithoutText, withoutEmbedding, withoutVisual };
}

function itemFindings(raw: RawLog, { filters }: LogRecipe): Finding[] {
  const counts = countItems(raw);
  const findings: Finding[] = [];
  if (counts.unlisted > 0) {
    findings.push(
      finding(
        'warning',
        t('{n, plural, one {# item of the events is in no items file} other {# items of the events are in no items file}}', {
          n: counts.unlisted,
        }),
        t('kept where a row has a title for them'),
        '',
        places(raw, counts.firstUnlisted),
      ),
    );
  }
  if (counts.withoutText > 0) {
    const found = t(
      '{n, plural, one {# item without a title} other {# items without a title}}, in {events, plural, one {# event} other {# events}}',
      { n: counts.withoutText, events: counts.eventsWithoutText },
    );
    const id = message('the ID stands in for the title; it carries no meaning for the model to keep or lose');
    const number = message('a random number stands in for the title, because the IDs reveal when an item appeared');
    const done = { id, number, drop: message('their events are left out') }[filters.withoutText];
    findings.push(finding('warning', found, t(done)));
  }
  if (counts.shownWithoutText > 0) {
    findings.push(
      finding(
        'note',
        t('{n, plural, one {# item shown but without a title} other {# items shown but without a title}}', {
          n: counts.shownWithoutText,
        }),
        t('taken out of the lists of shown items'),
      ),
    );
  }
  if (raw.items.embeddings.items > 0 && counts.withoutEmbedding > 0) {
    findings.push(
      finding(
        'note',
        t(
          '{n, plural, one {# item without an embedding} other {# items without an embedding}}, beside {others, plural, one {# item that has one of {width} numbers} other {# items that have one of {width} numbers}}',
          { n: counts.withoutEmbedding, others: raw.items.embeddings.items, width: String(raw.items.embeddings.width) },
        ),
        t('the mean of the others stands in'),
      ),
    );
  }
  if (raw.items.visual.items > 0 && counts.withoutVisual > 0) {
    findings.push(
      finding(
        'note',
        t(
          '{n, plural, one {# item without visual features} other {# items without visual features}}, beside {others, plural, one {# item that has {width} numbers} other {# items that have {width} numbers}}',
          { n: counts.withoutVisual, others: raw.items.visual.items, width: String(raw.items.visual.width) },
        ),
        t('L_img leaves them out'),
      ),
    );
  }
  if (counts.unused > 0) {
    const done =
      filters.itemCore > 0
        ? t('left out of the catalogue')
        : t('kept in the catalogue and ranked; an item core of 1 leaves them out');
    findings.push(
      finding(
        'note',
        t('{n, plural, one {# item without any event} other {# items without any event}}', { n: counts.unused }),
        done,
      ),
    );
  }
  return findings;
}

/** Which candidate sets can be used, and how. */
function candidateFindings(
  { candidates, items }: RawLog,
  { itemCounts, userCounts }: Filtered,
  { filters }: LogRecipe,
): Finding[] {
  if (candidates === null) return [];
  const { user, item, end } = candidates;
  const inCatalogue = (one: number): boolean =>
    (filters.withoutText !== 'drop' || (items.texts.title[one] ?? '') !== '') && itemCounts[one]! >= filters.itemCore;
  let [sets, from, lost] = [0, 0, 0];
  for (let set = 0; set < user.length; set++) {
    const own = item.subarray(from, end[set]);
    from = end[set]!;
    if (userCounts[user[set]!] === 0) continue;
    sets++;
    lost += own.reduce((sum, one) => sum + (inCatalogue(one) ? 0 : 1), 0);
  }
  const found = [
    finding(
      'note',
      t('{n, plural, one {# candidate set for targets} other {# candidate sets for targets}}', { n: sets }),
      t('each is the pool of its target if the recipe evaluates with the protocol pre-ranking and the pool candidates given'),
    ),
  ];
  if (sets < user.length) {
    found.push(
      finding(
        'warning',
        t(
          '{n, plural, one {# candidate set of users without any event left} other {# candidate sets of users without any event left}}',
          { n: user.length - sets },
        ),
        t('left out'),
      ),
    );
  }
  if (lost > 0) {
    const reason = t(
      '{n, plural, one {# candidate that the catalogue does not have} other {# candidates that the catalogue does not have}}',
      {
        n: lost,
      },
    );
    found.push(finding('warning', reason, t('left out of the pools, which are smaller than published')));
  }
  return found;
}

function trapFindings(raw: RawLog, order: EventOrder, filtered: Filtered, { sources }: LogRecipe): Finding[] {
  const findings: Finding[] = [];
  const { tied, singleMoment, repeats } = countBaskets(raw, order, filtered);
  if (tied > 0) {
    findings.push(
      finding(
        'note',
        t(
          '{n, plural, one {# event at the same time as another of the user (baskets)} other {# events at the same time as another of the user (baskets)}}',
          {
            n: tied,
          },
        ),
        ordersBaskets(sources)
          ? t('ordered by the column of positions; none is in the history of another of its basket')
          : t(
              'ordered by a hash of the item ID, always the same, never by file order; none is in the history of another of its basket',
            ),
      ),
    );
  }
  if (singleMoment > 0) {
    findings.push(
      finding(
        'warning',
        t('{n, plural, one {# user with all events at one time} other {# users with all events at one time}}', {
          n: singleMoment,
        }),
        t('never a target, because there is no history'),
      ),
    );
  }
  if (repeats > 0) {
    findings.push(
      finding(
        'note',
        t(
          '{n, plural, one {# event with an item that the user had before} other {# events with an item that the user had before}}',
          {
            n: repeats,
          },
        ),
        t('kept; filter them to predict new items only'),
      ),
    );
  }
  const { items, example } = nearDuplicateTitles(raw, filtered.itemCounts);
  if (items > 0) {
    findings.push(
      finding(
        'note',
        t(
          '{n, plural, one {# item with nearly the same title as another item} other {# items with nearly the same title as another item}}',
          {
            n: items,
          },
        ),
        t('kept as separate items; a ranking may count the twin as a miss'),
        example,
      ),
    );
  }
  if (raw.sortedById) {
    findings.push(
      finding(
        'warning',
        t('Nearly every history is in the order of its items’ IDs, so it is not in time order'),
        t('read as it is: the last item is the one with the largest ID; open a file with times or with histories in order'),
      ),
    );
  }
  if (raw.idsTellTime) {
    findings.push(
      finding(
        'warning',
        t('The item IDs are numbers in the order in which items first appear, so an ID reveals when its item appeared'),
        t('the catalogue is shuffled, and no ID enters a text'),
      ),
    );
  }
  return findings;
}

/** Texts that were cut. */
function cutTexts({ items: { texts, ids } }: RawLog): Finding[] {
  const { title, category, description } = texts;
  const cut: number[] = [];
  for (const column of [title, category, description]) {
    column.forEach((text, item) => {
      if (text.length >= MOST_TEXT_CHARACTERS) cut.push(item);
    });
  }
  if (cut.length === 0) return [];
  return [
    finding(
      'note',
      t('{n, plural, one {# text of {most} characters or more} other {# texts of {most} characters or more}}', {
        n: cut.length,
        most: numberFormat().format(MOST_TEXT_CHARACTERS),
      }),
      t('cut there'),
      t('item {id}', { id: quoted(ids.texts[cut[0]!]) }),
    ),
  ];
}

/** `9.00720E+15`: a spreadsheet's notation of a number with more digits than its cell shows. */
const ROUNDED_ID = /^\d(?:\.\d+)?E\+\d+$/i;

/** IDs that have lost digits, so that different ones may have become equal. */
function roundedIds({ users, items: { ids } }: RawLog): Finding[] {
  const rounded = [users, ids.texts].flatMap((all) => all.filter((id) => ROUNDED_ID.test(id)));
  if (rounded.length === 0) return [];
  return [
    finding(
      'warning',
      t('{n, plural, one {# ID that a spreadsheet has rounded} other {# IDs that a spreadsheet has rounded}}', {
        n: rounded.length,
      }),
      t('read as they stand, so different users or items may have become one; export the IDs as text'),
      quoted(rounded[0]),
    ),
  ];
}

/** Sources that have no times: all, or some beside others that do. */
function withoutTimes({ sources }: LogRecipe): Finding[] {
  const events = sources.filter(({ part }) => part === 'events');
  const ordered = events.filter((mapping) => inFileOrder(mapping, sources));
  if (knownOrder(sources) === 'numbers') {
    return [
      finding(
        'warning',
        t('No column of times is used, but one of numbers that count a user’s own events or orders'),
        t('it orders the events of a user; events of different users do not compare, so no date splits or filters them'),
      ),
    ];
  }
  if (ordered.every(({ roles }) => roles.item === undefined)) return [];
  return [
    ordered.length === events.length
      ? finding(
          'warning',
          t('No column of times is used'),
          t('file order is used as time: correct only if the rows are in time order'),
        )
      : finding(
          'warning',
          t('No column of times is used in {files}, and other files have times', {
            files: ordered.map(({ name }) => name).join(', '),
          }),
          t('its events are put before all others; name its column of times, or leave the file out'),
        ),
  ];
}

/** Everything that the user should know before using the log, worst first. */
export function findings(raw: RawLog, order: EventOrder, filtered: Filtered, recipe: LogRecipe): Finding[] {
  const { rows, first } = raw.outOfOrder;
  const all = [
    ...raw.rejected.flatMap((row) => fromCounted([row], EXPECTED.has(row.reason) ? 'note' : 'warning')),
    ...fromCounted(raw.rejectedItems, 'warning'),
    ...itemFindings(raw, recipe),
    ...datasetFindings(raw),
    ...encodings(raw),
    ...raw.notes.flatMap((note) => fromCounted([note], WARNED.has(note.reason) ? 'warning' : 'note')),
    ...(raw.oddIds.rows === 0
      ? []
      : [
          finding(
            'warning',
            t(
              '{n, plural, one {# row of an ID with a quote or a control character in it} other {# rows of an ID with a quote or a control character in it}}',
              {
                n: raw.oddIds.rows,
              },
            ),
            t('read as it stands, as an ID of its own'),
            raw.oddIds.example,
            raw.oddIds.first,
          ),
        ]),
    ...(rows === 0
      ? []
      : [
          finding(
            'note',
            t(
              '{n, plural, one {# row earlier than the user’s previous row} other {# rows earlier than the user’s previous row}}',
              {
                n: rows,
              },
            ),
            t('put in time order'),
            '',
            first === null ? [] : [first],
          ),
        ]),
    ...(raw.unfolded === 0
      ? []
      : [
          finding(
            'note',
            t(
              '{n, plural, one {# event found only in the history of a row} other {# events found only in the history of a row}}',
              {
                n: raw.unfolded,
              },
            ),
            t('put before the user’s first row'),
          ),
        ]),
    ...withoutTimes(recipe),
    ...roundedIds(raw),
    ...cutTexts(raw),
    ...(filtered.users === 1 && filtered.used > 1
      ? [
          finding(
            'warning',
            t('{n, plural, one {All # event are of one user} other {All # events are of one user}}', { n: filtered.used }),
            t('read as it is; if they are of many users, say in which column the user is'),
          ),
        ]
      : []),
    ...candidateFindings(raw, filtered, recipe),
    ...trapFindings(raw, order, filtered, recipe),
  ];
  return all.sort((a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'));
}
