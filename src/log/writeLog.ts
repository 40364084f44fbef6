/**
 * A log as files that read back into the same items, users, events, split and hash, whatever files it came
 * from.
 */
import { filtersSchema, type LogRecipe, type Share, type SourceMapping } from '../recipe/logRecipe';
import { csvField } from './csv';
import { readLog, type ReadLog } from './readLog';
import { knownOrder, ordersBaskets } from './intake/readMappings';
import { LogError, type InteractionLog, type LogEmbeddings, type Split } from './types';

export interface WrittenLog {
  readonly files: readonly File[];
  /** How to read the files. */
  readonly recipe: LogRecipe;
}

const ITEM_NAMES = ['item_id', 'title', 'category', 'description', 'price', 'image', 'semantic_id'] as const;
const EVENT_COLUMNS = ['user_id', 'item_id', 'timestamp', 'query', 'exposed'] as const;
const CANDIDATE_COLUMNS = ['user_id', 'item_id', 'candidates'] as const;
const SHARES: readonly Share[] = ['train', 'validation', 'test'];
/** Number of users per string. */
const BLOCK = 512;

/**
 * Writes a log and reads it back. Texts are unchanged, even those that a spreadsheet would run as formulas.
 * @throws LogError for a log that cannot be written this way
 */
export async function writeLog(read: Pick<ReadLog, 'log' | 'split' | 'recipe'>): Promise<WrittenLog> {
  const { log, split, recipe } = read;
  const files: File[] = [];
  const sources: SourceMapping[] = [];
  for (const { mapping, parts } of [
    ...eventSources(log, split, recipe),
    itemSource(log),
    ...embeddingSource(log),
    ...visualSource(log),
    ...candidateSource(log),
  ]) {
    files.push(new File(parts, mapping.name));
    sources.push(mapping);
  }
  const how: LogRecipe = { sources, filters: filtersSchema.parse({ userCore: 1 }), split: recipe.split };
  const again = await readLog(files, { recipe: how, name: log.name });
  if (again.log.hash !== log.hash || !sameTargets(again.split, split)) {
    throw refusal(log, 'Some of its ids or texts cannot be told apart from what delimits them.');
  }
  return { files, recipe: how };
}

function refusal({ name }: InteractionLog, reason: string): LogError {
  const message = `The log ${name} cannot be written as files that read back to it. ${reason} Keep its original files with the experiment.`;
  return new LogError(message, [{ file: name, line: 0, message }]);
}

interface WrittenSource {
  readonly mapping: SourceMapping;
  readonly parts: BlobPart[];
}

const COMMAS = { kind: 'delimited', delimiter: ',', quoting: true, header: true } as const;

function mappingOf(
  name: string,
  columns: readonly string[],
  part: 'events' | 'items' | 'candidates',
  roles: SourceMapping['roles'],
): SourceMapping {
  return { name, format: 'table', part, syntax: COMMAS, columns: [...columns], roles, timeUnit: 'order', share: null };
}

function line(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\n`;
}

function itemsName({ name }: InteractionLog): string {
  return `${name}.items.csv`;
}

function itemSource(log: InteractionLog): WrittenSource {
  const roles = { item: 0, title: 1, category: 2, description: 3, price: 4, image: 5, semantic: 6 };
  const lines = log.items.map(({ id, title, category, description, price = '', image = '', semantic = '' }) =>
    line([id, title, category, description, price, image, semantic]),
  );
  const mapping = { ...mappingOf(itemsName(log), ITEM_NAMES, 'items', roles), keepsOrder: true };
  return { mapping, parts: [line(ITEM_NAMES), ...lines] };
}

/** The files' own split needs a file per part. */
function eventSources(log: InteractionLog, split: Split, { split: kind, sources }: LogRecipe): WrittenSource[] {
  const timed = knownOrder(sources) === 'times';
  // What is no time must not be read as one.
  const placed = ordersBaskets(sources);
  const columns = [
    ...EVENT_COLUMNS.map((name) => (name === 'timestamp' && !timed ? 'order_number' : name)),
    ...(placed ? ['basket_position'] : []),
  ];
  const roles = { user: 0, item: 1, time: 2, query: 3, exposed: 4, ...(placed && { position: 5 }) };
  const plain: SourceMapping = {
    ...mappingOf(`${log.name}.csv`, columns, 'events', roles),
    timeUnit: timed ? 'seconds' : 'numbered',
  };
  if (kind.kind !== 'given') return [{ mapping: plain, parts: eventLines(log, columns, placed, () => true) }];
  const shareOf = givenShares(log, split);
  return SHARES.map((share) => ({
    mapping: { ...plain, name: share === 'train' ? plain.name : `${log.name}.${share}.csv`, share },
    parts: eventLines(log, columns, placed, (user, position) => shareOf(user, position) === share),
  }));
}

/** @param placed whether the last column is the place of an event among its user's */
function eventLines(
  log: InteractionLog,
  columns: readonly string[],
  placed: boolean,
  taken: (user: number, position: number) => boolean,
): string[] {
  const blocks = [line(columns)];
  const ids = log.items.columns.id;
  for (let from = 0; from < log.users.length; from += BLOCK) {
    const lines: string[] = [];
    for (let user = from; user < Math.min(from + BLOCK, log.users.length); user++) {
      const id = log.users.at(user);
      for (let position = 0; position < log.events.count(user); position++) {
        if (!taken(user, position)) continue;
        const { item, time, query, exposed } = log.events.at(user, position);
        // The bar after the last ID shows the delimiter, even if there is only one.
        const shown = exposed.map((index) => `${ids.at(index)}|`).join('');
        lines.push(line([id, ids.at(item), String(time), query, shown, ...(placed ? [String(position)] : [])]));
      }
    }
    blocks.push(lines.join(''));
  }
  return blocks;
}

/** @throws LogError if an event is in no part, such as history from other rows, which has no file */
function givenShares(log: InteractionLog, { train, validation, test }: Split): (user: number, position: number) => Share {
  const ends = new Map(train.map(({ user, end }) => [user, end]));
  const keyOf = (user: number, position: number): string => `${user} ${position}`;
  const targets = new Map<string, Share>([
    ...validation.map(({ user, position }) => [keyOf(user, position), 'validation'] as const),
    ...test.map(({ user, position }) => [keyOf(user, position), 'test'] as const),
  ]);
  return (user, position) => {
    const share = position < (ends.get(user) ?? 0) ? 'train' : targets.get(keyOf(user, position));
    if (share === undefined) throw refusal(log, 'The split given by its files has events that are in no part.');
    return share;
  };
}

function embeddingSource(log: InteractionLog): WrittenSource[] {
  if (log.embeddings === undefined) return [];
  const mapping: SourceMapping = {
    ...mappingOf(`${log.name}.embeddings.npy`, ['embedding'], 'items', { embedding: 0 }),
    syntax: { kind: 'npy' },
    rowsOf: itemsName(log),
  };
  return [{ mapping, parts: [npyHeader(log.embeddings), new Uint8Array(log.embeddings.values.slice().buffer)] }];
}

/** Rows of non-finite numbers are items without a picture, and are read as such. */
function visualSource(log: InteractionLog): WrittenSource[] {
  if (log.visual === undefined || log.visual.shipped === true) return [];
  const { width, values, present } = log.visual;
  const mapping: SourceMapping = {
    ...mappingOf(`${log.name}.visual.npy`, ['visual'], 'items', { visual: 0 }),
    syntax: { kind: 'npy' },
    rowsOf: itemsName(log),
  };
  const marked = values.map((value, at) => (present[Math.floor(at / width)] === 1 ? value : NaN));
  return [{ mapping, parts: [npyHeader({ width, values: marked }), new Uint8Array(marked.buffer)] }];
}

/** A set's own target is in `item_id`; a bar ends each candidate. */
function candidateSource({ name, items, users, candidates }: InteractionLog): WrittenSource[] {
  if (candidates === undefined) return [];
  const { user, target, start, item } = candidates;
  const ids = items.columns.id;
  const lines = Array.from(user, (own, set) => {
    const list = Array.from(item.subarray(start[set], start[set + 1]), (index) => `${ids.at(index)}|`).join('');
    return line([users.at(own), target[set]! < 0 ? '' : ids.at(target[set]!), list]);
  });
  const roles = { user: 0, item: 1, candidates: 2 };
  return [
    {
      mapping: mappingOf(`${name}.candidates.csv`, CANDIDATE_COLUMNS, 'candidates', roles),
      parts: [line(CANDIDATE_COLUMNS), ...lines],
    },
  ];
}

/**
 * Version 1.0 of NumPy's format, little-endian float32 by rows; magic, length and header fill a multiple of
 * 64 bytes.
 */
function npyHeader({ width, values }: Pick<LogEmbeddings, 'width' | 'values'>): Uint8Array<ArrayBuffer> {
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length / width}, ${width}), }`;
  const length = 64 * Math.ceil((10 + facts.length + 1) / 64) - 10;
  const text = `${facts.padEnd(length - 1)}\n`;
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    length & 255,
    length >> 8,
    ...new TextEncoder().encode(text),
  ]);
}

function sameTargets(a: Split, b: Split): boolean {
  const flat = ({ train, validation, test }: Split): string =>
    JSON.stringify([train, validation.map(Object.values), test.map(Object.values)]);
  return flat(a) === flat(b);
}
