/**
 * Titles, and their words in other orders, by which a model that knows the titles by heart is recognised.
 * Pure.
 */
import { forkRandom } from '../random';

/** Number of titles that are tried, and of word orders with which each is compared. */
const MOST_TITLES = 200;
export const SHUFFLES = 3;
/** Minimum number of distinct words with which a title has enough orders. */
const LEAST_WORDS = 3;
const SEED = 0;

export interface TitleTrial {
  readonly title: string;
  /** The same words in `SHUFFLES` other orders. */
  readonly shuffled: readonly string[];
}

function wordsOf(title: string): string[] {
  return title.trim().split(/\s+/);
}

/**
 * Distinct titles of at least three distinct words, drawn by seed, each with its other orders.
 * @param titles of a catalogue
 */
export function titleTrials(titles: Iterable<string>): TitleTrial[] {
  const fit = [...new Set(titles)].filter((title) => new Set(wordsOf(title)).size >= LEAST_WORDS);
  return forkRandom(SEED, 'known titles')
    .shuffle(fit)
    .slice(0, MOST_TITLES)
    .map((title) => ({ title, shuffled: ordersOf(title) }));
}

function ordersOf(title: string): string[] {
  const words = wordsOf(title);
  const random = forkRandom(SEED, 'words of a title', title);
  const orders = new Set<string>([words.join(' ')]);
  while (orders.size <= SHUFFLES) orders.add(random.shuffle([...words]).join(' '));
  return [...orders].slice(1);
}
