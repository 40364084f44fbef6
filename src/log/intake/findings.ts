/** Oddities of a log, with counts, first lines, and what is done about them. */
import type { LogRecipe } from '../../recipe/logRecipe';
import {
  BAD_RATING,
  BAD_TIME,
  FILTERED_ROW,
  NO_ANSWERS,
  NO_CLICK,
  NO_ITEM,
  NO_TIME,
  NO_USER,
  ODD_QUOTES,
  OWN_EXPOSURE,
  PROBLEMS,
  SHOWN_ROW,
} from './readEvents';
import type { EventOrder } from './order';
import type { Filtered } from './filters';
import { SECOND_SET, UNKNOWN_CANDIDATE } from './candidates';
import { NO_VECTOR, NOT_FINITE, OTHER_LENGTH, SECOND, UNKNOWN_ITEM, VISUAL_NOTES } from './embeddings';
import { SECOND_ALIAS, TWO_ITEMS } from './itemSinks';
import { CONTRADICTING_ITEM, OTHER_TITLE, REPEATED_ITEM } from './items';
import { SECOND_PICTURE, UNKNOWN_PICTURE } from './itemPictures';
import type { Pictured } from './pictured';
import { PICTURE_NOTES } from '../source/pictureHeader';
import type { RawLog } from './rawLog';
import { NAMED_PLACES, type Counted, type Place } from './tally';
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
  [NO_USER]: 'left out',
  [NO_ITEM]: 'left out',
  [NO_TIME]: 'left out',
  [BAD_RATING]: 'read as missing; left out if a minimum rating is set',
  [FILTERED_ROW]: 'left out by the row filter',
  [SHOWN_ROW]: 'an exposure of what was chosen in its request',
  [NO_CLICK]: 'left out: nothing was chosen',
  [NO_ANSWERS]: 'left out: which one was clicked is withheld',
  [BAD_TIME]: 'left out; choose another time unit if all should be read',
  [PROBLEMS.fields]: 'left out; choose another delimiter if there are many',
  [PROBLEMS.quotes]: 'left out',
  [ODD_QUOTES]: 'used as it stands; double a quote ("") that belongs to the text',
  [PROBLEMS.json]: 'left out',
  [REPEATED_ITEM]: 'the first row is used',
  [CONTRADICTING_ITEM]: 'the first row is used',
  [OTHER_TITLE]: 'the first title is used',
  [NO_VECTOR]: 'the mean of the other items’ embeddings stands in',
  [NOT_FINITE]: 'the mean of the other items’ embeddings stands in',
  [OTHER_LENGTH]: 'the mean of the other items’ embeddings stands in',
  [SECOND]: 'the first embedding is used',
  [UNKNOWN_ITEM]: 'not used',
  [VISUAL_NOTES.noVector]: 'the item counts as one without a picture',
  [VISUAL_NOTES.notFinite]: 'the item counts as one without a picture',
  [VISUAL_NOTES.otherLength]: 'the item counts as one without a picture',
  [VISUAL_NOTES.second]: 'the first are used',
  [SECOND_SET]: 'the first set is used',
  [UNKNOWN_CANDIDATE]: 'left out of its pool',
  [SECOND_ALIAS]: 'the first item is used',
  [TWO_ITEMS]: 'read as the item whose own ID it is; if its rows use the other IDs, leave the ID map out',
  [OWN_EXPOSURE]: 'the clicked item is taken out of the list, since it is not a negative',
};

/** Notes that may affect a result. */
const WARNED = new Set([BAD_RATING, ODD_QUOTES, UNKNOWN_CANDIDATE, SECOND_ALIAS, TWO_ITEMS]);

/** Rows that are left out on request. */
const EXPECTED = new Set([FILTERED_ROW, SHOWN_ROW, NO_CLICK]);

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

function fromCounted(counts: readonly Counted[], level: Finding['level']): Finding[] {
  return counts.map(({ reason, rows, first, example }) => ({
    level,
    message: `${counted(rows, 'row')}: ${reason}`,
    done: DONE[reason] ?? 'left out',
    first,
    example,
  }));
}

/** Findings about embedded pictures. */
export function pictureFindings({ leftOut, notes, table, model }: Pictured): Finding[] {
  return [
    finding(
      'note',
      `Visual features of ${counted(table.items, 'item')}, ${table.width} numbers each`,
      `made of their pictures by ${model.id}; L_img leaves out items without any`,
    ),
    ...leftOut.map(({ reason, rows, first, example }) =>
      finding(
        'warning',
        `${counted(rows, 'picture')} not used: ${reason}`,
        reason === UNKNOWN_PICTURE || reason === SECOND_PICTURE ? 'left out' : 'the item counts as one without a picture',
        example,
        first,
      ),
    ),
    ...notes.map(({ reason, rows, first, example }) => {
      const { done } = Object.values(PICTURE_NOTES).find((note) => note.reason === reason)!;
      return finding('note', `${counted(rows, 'picture')} ${reason}`, done, example, first);
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
      findings.push(finding('note', `${name} is ${encoding.encoding.toUpperCase()}`, 'read as such'));
    else if (encoding.latinLines === 0) continue;
    else if (encoding.hasUtf8) {
      const message = `${name} mixes encodings: ${counted(encoding.latinLines, 'line is', 'lines are')} not UTF-8`;
      findings.push(finding('warning', message, 'those lines are read as Latin-1 (Windows-1252)', '', first));
    } else findings.push(finding('note', `${name} is not UTF-8`, 'read as Latin-1 (Windows-1252)', '', first));
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
              `${counted(records, 'row')} of ${split}, where the dataset’s card says ${rows.toLocaleString('en')}`,
              'read as it is; open all files of the split, or another revision',
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
              `${here.size} of ${counted(of, 'shard')} of ${name} are here`,
              'read as it is; open the others along with them',
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
        `${counted(counts.unlisted, 'item')} of the events ${counts.unlisted === 1 ? 'is' : 'are'} in no items file`,
        'kept where a row has a title for them',
        '',
        places(raw, counts.firstUnlisted),
      ),
    );
  }
  if (counts.withoutText > 0) {
    const message = `${counted(counts.withoutText, 'item')} without a title, in ${counted(counts.eventsWithoutText, 'event')}`;
    const id = 'the ID stands in for the title; it carries no meaning for the model to keep or lose';
    const number = 'a random number stands in for the title, because the IDs reveal when an item appeared';
    const done = { id, number, drop: 'their events are left out' }[filters.withoutText];
    findings.push(finding('warning', message, done));
  }
  if (counts.shownWithoutText > 0) {
    findings.push(
      finding(
        'note',
        `${counted(counts.shownWithoutText, 'item')} shown but without a title`,
        'taken out of the lists of shown items',
      ),
    );
  }
  if (raw.items.embeddings.items > 0 && counts.withoutEmbedding > 0) {
    findings.push(
      finding(
        'note',
        `${counted(counts.withoutEmbedding, 'item')} without an embedding, beside ${counted(raw.items.embeddings.items, 'item')} that ${raw.items.embeddings.items === 1 ? 'has' : 'have'} one of ${raw.items.embeddings.width} numbers`,
        'the mean of the others stands in',
      ),
    );
  }
  if (raw.items.visual.items > 0 && counts.withoutVisual > 0) {
    findings.push(
      finding(
        'note',
        `${counted(counts.withoutVisual, 'item')} without visual features, beside ${counted(raw.items.visual.items, 'item')} that ${raw.items.visual.items === 1 ? 'has' : 'have'} ${raw.items.visual.width} numbers`,
        'L_img leaves them out',
      ),
    );
  }
  if (counts.unused > 0) {
    const done =
      filters.itemCore > 0 ? 'left out of the catalogue' : 'kept in the catalogue and ranked; an item core of 1 leaves them out';
    findings.push(finding('note', `${counted(counts.unused, 'item')} without any event`, done));
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
      `${counted(sets, 'candidate set')} for targets`,
      'each is the pool of its target if the recipe evaluates with the protocol pre-ranking and the pool candidates given',
    ),
  ];
  if (sets < user.length) {
    found.push(finding('warning', `${counted(user.length - sets, 'candidate set')} of users without any event left`, 'left out'));
  }
  if (lost > 0) {
    const reason = `${counted(lost, 'candidate')} that the catalogue does not have`;
    found.push(finding('warning', reason, 'left out of the pools, which are smaller than published'));
  }
  return found;
}

function trapFindings(raw: RawLog, order: EventOrder, filtered: Filtered): Finding[] {
  const findings: Finding[] = [];
  const { tied, singleMoment, repeats } = countBaskets(raw, order, filtered);
  if (tied > 0) {
    findings.push(
      finding(
        'note',
        `${counted(tied, 'event')} at the same time as another of the user (baskets)`,
        'ordered by a hash of the item ID, always the same, never by file order; none is in the history of another of its basket',
      ),
    );
  }
  if (singleMoment > 0) {
    findings.push(
      finding(
        'warning',
        `${counted(singleMoment, 'user')} with all events at one time`,
        'never a target, because there is no history',
      ),
    );
  }
  if (repeats > 0) {
    findings.push(
      finding(
        'note',
        `${counted(repeats, 'event')} with an item that the user had before`,
        'kept; filter them to predict new items only',
      ),
    );
  }
  const { items, example } = nearDuplicateTitles(raw, filtered.itemCounts);
  if (items > 0) {
    findings.push(
      finding(
        'note',
        `${counted(items, 'item')} with nearly the same title as another item`,
        'kept as separate items; a ranking may count the twin as a miss',
        example,
      ),
    );
  }
  if (raw.sortedById) {
    findings.push(
      finding(
        'warning',
        'Nearly every history is in the order of its items’ IDs, so it is not in time order',
        'read as it is: the last item is the one with the largest ID; open a file with times or with histories in order',
      ),
    );
  }
  if (raw.idsTellTime) {
    findings.push(
      finding(
        'warning',
        'The item IDs are numbers in the order in which items first appear, so an ID reveals when its item appeared',
        'the catalogue is shuffled, and no ID enters a text',
      ),
    );
  }
  return findings;
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
            `${counted(raw.oddIds.rows, 'row')} of an ID with a quote or a control character in it`,
            'read as it stands, as an ID of its own',
            raw.oddIds.example,
            raw.oddIds.first,
          ),
        ]),
    ...(rows === 0
      ? []
      : [
          finding(
            'note',
            `${counted(rows, 'row')} earlier than the user’s previous row`,
            'put in time order',
            '',
            first === null ? [] : [first],
          ),
        ]),
    ...(raw.unfolded === 0
      ? []
      : [
          finding(
            'note',
            `${counted(raw.unfolded, 'event')} found only in the history of a row`,
            'put before the user’s first row',
          ),
        ]),
    ...(recipe.sources.some(({ part, timeUnit, roles }) => part === 'events' && timeUnit === 'order' && roles.item !== undefined)
      ? [
          finding(
            'warning',
            'No column of times is used',
            'file order is used as time: correct only if the rows are in time order',
          ),
        ]
      : []),
    ...(filtered.users === 1 && filtered.used > 1
      ? [
          finding(
            'warning',
            `All ${counted(filtered.used, 'event')} are of one user`,
            'read as it is; if they are of many users, say in which column the user is',
          ),
        ]
      : []),
    ...candidateFindings(raw, filtered, recipe),
    ...trapFindings(raw, order, filtered),
  ];
  return all.sort((a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'));
}
