/**
 * How files became a log: what each column holds, which events are left out, and how the rest is split. The
 * intake creates it, the run record stores it, and the same files read with it give the same log.
 */
import { t } from '../words/words';
import { z } from 'zod';
import { WORDS } from './words';
import { NAME, PATH, singleLine, verbatim } from './texts';

/** What a column can hold. */
export const roleSchema = z.enum([
  ...(['user', 'item', 'time', 'rating', 'event', 'query', 'exposed', 'history', 'request', 'impressions'] as const),
  ...(['order', 'position', 'candidates', 'subset'] as const),
  ...(['title', 'category', 'description', 'price', 'image', 'embedding', 'visual', 'semantic', 'alias'] as const),
]);
export type Role = z.infer<typeof roleSchema>;

export const timeUnitSchema = z.enum([
  ...([
    'seconds',
    'milliseconds',
    'microseconds',
    'nanoseconds',
    'date',
    'month-first',
    'day-first',
    'year-first',
    'year',
    'excel',
  ] as const),
  /** Numbers that order the events of one user and compare with those of no other: `order_number`. */
  'numbered',
  /** No column: the order of the file. */
  'order',
]);
export type TimeUnit = z.infer<typeof timeUnitSchema>;

/**
 * What a source contributes to the log: `orders` what the events of one order share, `accounts` the users
 * behind other IDs.
 */
export const partSchema = z.enum(['events', 'items', 'orders', 'accounts', 'candidates', 'users', 'ignored']);
export type SourcePart = z.infer<typeof partSchema>;

/** The part of a split to which a source assigns its events. */
export const shareSchema = z.enum(['train', 'validation', 'test']);
export type Share = z.infer<typeof shareSchema>;

/** The syntax of a source's records, apart from their meaning. */
export const syntaxSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delimited'),
    /** One or more characters: `,` `\t` `::` … */
    delimiter: verbatim(NAME).min(1),
    /** Fields may be quoted, `"…"` (RFC 4180). */
    quoting: z.boolean(),
    /** The first line names the columns. */
    header: z.boolean(),
    /** Lines before the table: `sep=;`, comments. */
    skip: z.number().int().min(1).optional(),
    /**
     * What ends a line that heads the rows under it, `1488844:` or `12|48`; the last column holds what stands
     * before it.
     */
    heading: verbatim(NAME).min(1).optional(),
    /** The last column is the rest of the line: a title with commas, without quotes. */
    rest: z.literal(true).optional(),
  }),
  /** A key, a delimiter, and the rest of the line as one text. */
  z.object({ kind: z.literal('pairs'), delimiter: verbatim(NAME).min(1) }),
  /**
   * A user, then one field per item of the history; or the number of items in place of the user, who is the
   * line then.
   */
  z.object({ kind: z.literal('sequence'), delimiter: verbatim(NAME).min(1), first: z.literal('length').optional() }),
  /** Lines `name: value`; a name that comes again starts the next record. */
  z.object({ kind: z.literal('fields') }),
  /**
   * One object per line, JSON or a Python literal. `each`: the key of a list whose objects are rows, each
   * with what is around them.
   */
  z.object({ kind: z.literal('json-lines'), each: verbatim(NAME).optional() }),
  /**
   * Objects one after the other, in an array or not, over any number of lines. `inside`: the key of one
   * object's array that has them.
   */
  z.object({ kind: z.literal('json'), each: verbatim(NAME).optional(), inside: verbatim(NAME).optional() }),
  /** One object with many entries: a row is a key and its value, a list or an object. */
  z.object({ kind: z.literal('json-map') }),
  /** One object of maps such as `item2id`: a row is an item and its number. */
  z.object({ kind: z.literal('id-maps') }),
  z.object({ kind: z.literal('parquet') }),
  /** A NumPy array: one row per item or, in one dimension, the IDs of the rows. */
  z.object({ kind: z.literal('npy') }),
]);
export type Syntax = z.infer<typeof syntaxSchema>;

export const sourceMappingSchema = z.object({
  /** `ratings.csv`, or `ml-1m.zip/ratings.dat`. */
  name: verbatim(),
  /** The format it was recognised as. */
  format: verbatim(),
  part: partSchema,
  syntax: syntaxSchema,
  columns: z.array(verbatim()),
  /** Column (index) of each role. */
  roles: z.partialRecord(roleSchema, z.number().int().min(0)),
  timeUnit: timeUnitSchema,
  share: shareSchema.nullable(),
  /** The kind of all its events, if no column says it. */
  kind: verbatim().min(1).optional(),
  /** The order of its items is the catalogue's, whatever the IDs: it was written by this program. */
  keepsOrder: z.boolean().optional(),
  /**
   * Rows with another value in a column (index) are left out; with a `request`, they are items shown but not
   * chosen.
   */
  where: z.object({ column: z.number().int().min(0), values: z.array(verbatim()).min(1) }).optional(),
  /** The history takes this many columns, from that of its role on. */
  historyWidth: z.number().int().min(2).optional(),
  /**
   * Columns (indices) whose cells together are the time: a date and a time of day; year, month, day, hour,
   * minute, second.
   */
  timeOf: z.array(z.number().int().min(0)).min(2).optional(),
  /** The value that pads lists of items to a fixed length; it is not an item. */
  padding: verbatim().min(1).optional(),
  /**
   * What a dataset's card says about the split that the source is part of: its name, and the number of rows
   * in all its files.
   */
  listed: z.object({ split: verbatim(), rows: z.number().int().min(0) }).optional(),
  /** For a source without IDs: the name of the source whose rows correspond to its own. */
  rowsOf: verbatim().optional(),
});
export type SourceMapping = z.infer<typeof sourceMappingSchema>;

export const filtersSchema = z.object({
  /** Null keeps all. */
  events: z.array(verbatim()).nullable().default(null).register(WORDS, { label: 'Kinds of events' }),
  /** Events without a rating are kept. */
  leastRating: z.number().nullable().default(null).register(WORDS, { label: 'Minimum rating' }),
  /** Unix seconds, both ends included. */
  from: z.number().nullable().default(null).register(WORDS, { label: 'From' }),
  to: z.number().nullable().default(null).register(WORDS, { label: 'To' }),
  /** `first` keeps a user's first event with an item. */
  repeats: z.enum(['keep', 'first']).default('keep').register(WORDS, { label: 'Repeated items' }),
  /** `one` keeps one event of those that a user has at one time (a basket). */
  baskets: z.enum(['keep', 'one']).default('keep').register(WORDS, { label: 'Events at one time' }),
  /** Items without text: their events are left out, or their ID, or a random number, replaces the title. */
  withoutText: z.enum(['drop', 'id', 'number']).default('drop').register(WORDS, { label: 'Items without text' }),
  /**
   * k of the k-core: users and items with fewer events are removed repeatedly until none is left. 0 keeps
   * items without events.
   */
  itemCore: z.number().int().min(0).default(0).register(WORDS, { label: 'Minimum events per item' }),
  userCore: z.number().int().min(1).default(3).register(WORDS, { label: 'Minimum events per user' }),
  /** Number of a user's latest events that are kept. */
  longestHistory: z.number().int().min(3).nullable().default(null).register(WORDS, { label: 'Latest events per user' }),
  /**
   * In a split given by the files: a user's events in one part that occur at or after an event in a later
   * part.
   */
  later: z.enum(['keep', 'drop']).default('keep').register(WORDS, { label: 'Events after a target' }),
  /** IDs that stand for all guests rather than for one user. */
  guests: z.array(verbatim()).default([]).register(WORDS, { label: 'Guests' }),
  /** Users with more events (baskets) within an hour are left out; null keeps all. */
  mostPerHour: z.number().int().min(1).nullable().default(null).register(WORDS, { label: 'Maximum events per hour' }),
});
export type LogFilters = z.infer<typeof filtersSchema>;

/** Labels of filters in the intake and in errors of `--filter`. */
export function filterLabel(filter: keyof LogFilters): string {
  const label = WORDS.get(filtersSchema.shape[filter])?.label;
  return label === undefined ? filter : t(label);
}

export const splitRecipeSchema = z.discriminatedUnion('kind', [
  /** A user's last event is the test target, the one before it the validation target. */
  z.object({ kind: z.literal('leave-last-out') }),
  /** All events of a user's last time are test targets, those of the time before validation targets. */
  z.object({ kind: z.literal('last-basket') }),
  /**
   * One time for all users: the last shares of all events are for validation and test; a user's last event in
   * each is the target.
   */
  z.object({
    kind: z.literal('time'),
    validation: z.number().gt(0).lt(1).default(0.1),
    test: z.number().gt(0).lt(1).default(0.1),
  }),
  /** As given by the files. */
  z.object({ kind: z.literal('given') }),
]);
export type SplitRecipe = z.infer<typeof splitRecipeSchema>;

export const logRecipeSchema = z.object({
  sources: z.array(sourceMappingSchema),
  filters: filtersSchema,
  split: splitRecipeSchema,
  /** The model that made visual features of the items' pictures, if the page did. */
  pictures: z.object({ id: singleLine(PATH), revision: singleLine(), hash: singleLine(PATH) }).optional(),
});
export type LogRecipe = z.infer<typeof logRecipeSchema>;
