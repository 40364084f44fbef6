/** Titles and what they become when their words are shuffled: what a model that knows them by heart is told by. Pure. */
import { forkRandom } from '../random';

/** Titles that are tried, and orders of words that each is compared with. */
const MOST_TITLES = 200;
export const SHUFFLES = 3;
/** Different words from on which a title has enough orders. */
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

/** Different titles of at least three different words, drawn by seed, each with its other orders. @param titles of a catalogue */
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
