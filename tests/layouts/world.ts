/** A small seeded world of users, items and events, and how files write them. */
import { forkRandom } from '../../src/log/random';
import type { LogFilters } from '../../src/recipe/logRecipe';

export interface Visit {
  readonly user: string;
  readonly item: string;
  /** Unix seconds. */
  readonly time: number;
  /** 1 to 5. */
  readonly rating: number;
  /** Of the user, from 0. */
  readonly place: number;
}

export interface Product {
  readonly id: string;
  readonly title: string;
  readonly category: string;
}

export interface World {
  /** All visits in order of time; those of one user are hours apart, and no item comes twice. */
  readonly visits: readonly Visit[];
  readonly users: readonly string[];
  readonly products: readonly Product[];
  /** The visits of each user. */
  readonly histories: readonly (readonly Visit[])[];
  readonly titleOf: (item: string) => string;
}

const WORDS = 'a time to kill the user and item of rating summer nights golden letters paper river stone'.split(' ');

/** What a publication's IDs and times look like. */
export interface Looks {
  readonly user?: (n: number) => string;
  readonly item?: (n: number) => string;
  readonly start?: number;
  /** Seconds between two visits of all users. */
  readonly gap?: number;
}

const USERS = 12;
const PRODUCTS = 40;
/** 2015-03-02 00:00:00 UTC. */
const START = 1_425_254_400;

/** @param name the seed */
export function world(
  name: string,
  { user = (n) => String(n + 1), item = (n) => String(n + 1), start = START, gap = 7201 }: Looks = {},
): World {
  const random = forkRandom(53, name);
  const users = Array.from({ length: USERS }, (_, n) => user(n));
  const products = Array.from({ length: PRODUCTS }, (_, n) => {
    const words = Array.from({ length: 2 + (n % 3) }, () => WORDS[random.integer(WORDS.length)]!).join(' ');
    return {
      id: item(n),
      title: n === 0 ? 'A Time to Kill (1996)' : `${words[0]!.toUpperCase()}${words.slice(1)}, part ${n} (19${70 + (n % 30)})`,
      category: ['Drama', 'Comedy', 'Action'][n % 3]!,
    };
  });
  const queues = users.map((_, at) => {
    const left = products.map(({ id }) => id);
    return Array.from({ length: 7 + (at % 4) }, () => left.splice(random.integer(left.length), 1)[0]!);
  });
  const visits: Visit[] = [];
  const placed = users.map(() => 0);
  for (let at = 0; queues.some(({ length }) => length > 0); at++) {
    const open = queues.flatMap(({ length }, of) => (length > 0 ? [of] : []));
    const of = open[random.integer(open.length)]!;
    visits.push({
      user: users[of]!,
      item: queues[of]!.shift()!,
      time: start + gap * at,
      rating: 1 + random.integer(5),
      place: placed[of]!++,
    });
  }
  const titles = new Map(products.map(({ id, title }) => [id, title]));
  return {
    visits,
    users,
    products,
    histories: users.map((own) => visits.filter((visit) => visit.user === own)),
    titleOf: (id) => titles.get(id)!,
  };
}

/** Rows as lines. */
export function lines(rows: readonly (string | readonly (string | number)[])[], delimiter = ','): string {
  return rows.map((row) => `${typeof row === 'string' ? row : row.join(delimiter)}\n`).join('');
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A date by a pattern: `Y-M-D h:m:s`, `D/M/y`. */
export function dated(time: number, pattern: string): string {
  const [year, month, day, hour, minute, second] = new Date(1000 * time).toISOString().split(/[-T:.]/) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const parts: Readonly<Record<string, string>> = { Y: year, y: year.slice(2), M: month, D: day, h: hour, m: minute, s: second };
  return pattern.replaceAll(/[YyMDhms]/g, (letter) => parts[letter]!);
}

export interface Layout {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  /**
   * What the publisher meant: these visits in each user's order; null if it is no log that a tool could read.
   */
  readonly visits: readonly Visit[] | null;
  /** The resolution of the times that the files have, in seconds; null if they have none. */
  readonly times: number | null;
  /** Titles that the files give, all or none. */
  readonly titles: ReadonlyMap<string, string> | null;
  /** Parts of the files that belong to no log and are set aside. */
  readonly aside?: readonly string[];
  /** Numbers of users' events in training, validation and test of a given split. */
  readonly split?: readonly [number, number, number];
  /** The one choice without which the files are not read as meant. */
  readonly choice?: { readonly says: string; readonly maps?: readonly string[]; readonly filters?: Partial<LogFilters> };
  /** How it is refused without the choice, or at all. */
  readonly refused?: RegExp;
}

type Made = Omit<Layout, 'name' | 'visits' | 'times' | 'titles'> & Partial<Pick<Layout, 'visits' | 'times' | 'titles'>>;

/** A layout of a world; by default all its visits, to the second, without titles. */
export function layout(name: string, looks: Looks, make: (of: World) => Made): Layout {
  const of = world(name, looks);
  return { name, visits: of.visits, times: 1, titles: null, ...make(of) };
}

/** All titles of a world. */
export function titlesOf({ products }: World): Map<string, string> {
  return new Map(products.map(({ id, title }) => [id, title]));
}

export function hex(n: number, length = 32): string {
  return Array.from({ length: Math.ceil(length / 8) }, (_, part) =>
    (((n + 1) * 2_654_435_761 + part * 40_503 * (n + 7)) >>> 0).toString(16).padStart(8, '0'),
  )
    .join('')
    .slice(0, length);
}
