/**
 * The columns of an interaction log: their names, types and lengths. They are transferred from worker to
 * worker, and this is the only place that defines them; U users, I items, N events, Q queries, X shown items.
 */
import { Catalogue, type CatalogueColumns } from './catalogue';
import { LogEvents, type EventColumns } from './logEvents';
import { TextColumn, type TextBytes } from './textColumn';
import type { GivenCandidates, InteractionLog, LogEmbeddings, Split, Target, VisualFeatures } from './types';

export interface LogColumns {
  readonly name: string;
  readonly hash: string;
  /** text [I] each: `id`, `title`, `category`, `description`, `price`, `image`, `semantic`; empty is none. */
  readonly items: CatalogueColumns<TextBytes>;
  /** text [U]: ids of the users. */
  readonly users: TextBytes;
  /** `start`, `item`, `time`, `query`, `queries`, `exposedStart`, `exposed`. */
  readonly events: EventColumns<TextBytes>;
  /** float32 [I, width]. */
  readonly embeddings?: LogEmbeddings;
  /** float32 [I, width], and uint8 [I]: 1 if the item has some. */
  readonly visual?: VisualFeatures;
  /** int32 [S] `user` and `target`, uint32 [S + 1] `start`, int32 `item`. */
  readonly candidates?: GivenCandidates;
}

export interface SplitColumns {
  /** int32 [trained users]: the user, and the number of first events that may be trained on. */
  readonly trainUser: Int32Array<ArrayBuffer>;
  readonly trainEnd: Int32Array<ArrayBuffer>;
  /** int32 [targets]: user, and index of a target in the user's events. */
  readonly validationUser: Int32Array<ArrayBuffer>;
  readonly validationPosition: Int32Array<ArrayBuffer>;
  readonly testUser: Int32Array<ArrayBuffer>;
  readonly testPosition: Int32Array<ArrayBuffer>;
  /** uint8 [I]: 1 if the item occurs in no training event. */
  readonly cold: Uint8Array;
}

export function columnsOfLog({ name, hash, items, users, events, embeddings, visual, candidates }: InteractionLog): LogColumns {
  const { queries, ...numbers } = events.columns;
  return {
    name,
    hash,
    items: items.data(),
    users: TextColumn.of(users).data,
    events: { ...numbers, queries: TextColumn.of(queries).data },
    ...(embeddings === undefined ? {} : { embeddings }),
    ...(visual === undefined ? {} : { visual }),
    ...(candidates === undefined ? {} : { candidates }),
  };
}

export function logOfColumns({ name, hash, items, users, events, embeddings, visual, candidates }: LogColumns): InteractionLog {
  return {
    name,
    hash,
    items: Catalogue.ofData(items),
    users: new TextColumn(users),
    events: new LogEvents({ ...events, queries: new TextColumn(events.queries) }),
    ...(embeddings === undefined ? {} : { embeddings }),
    ...(visual === undefined ? {} : { visual }),
    ...(candidates === undefined ? {} : { candidates }),
  };
}

function column<T>(rows: readonly T[], of: (row: T) => number): Int32Array<ArrayBuffer> {
  return Int32Array.from(rows, of);
}

export function columnsOfSplit({ train, validation, test, cold }: Split): SplitColumns {
  return {
    trainUser: column(train, ({ user }) => user),
    trainEnd: column(train, ({ end }) => end),
    validationUser: column(validation, ({ user }) => user),
    validationPosition: column(validation, ({ position }) => position),
    testUser: column(test, ({ user }) => user),
    testPosition: column(test, ({ position }) => position),
    cold,
  };
}

export function splitOfColumns(columns: SplitColumns): Split {
  const targets = (users: Int32Array, positions: Int32Array): Target[] =>
    Array.from(users, (user, at) => ({ user, position: positions[at]! }));
  return {
    train: Array.from(columns.trainUser, (user, at) => ({ user, end: columns.trainEnd[at]! })),
    validation: targets(columns.validationUser, columns.validationPosition),
    test: targets(columns.testUser, columns.testPosition),
    cold: columns.cold,
  };
}

/**
 * Every buffer in a plain object, once, for transfer. Transferred buffers are empty on this side afterwards.
 */
export function buffersOf(data: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(data)) {
    if (data.buffer instanceof ArrayBuffer) found.add(data.buffer);
  } else if (typeof data === 'object' && data !== null && !(data instanceof Map)) {
    for (const value of Object.values(data)) buffersOf(value, found);
  }
  return [...found];
}

/** Bytes of a log's columns. */
export function columnBytes(log: InteractionLog): number {
  return buffersOf(columnsOfLog(log)).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
