/** The name of a log: that of its data set, as far as files and formats tell. Pure. */
import type { SourceMapping } from '../../recipe/logRecipe';
import { cutText, NAME, onOneLine } from '../../recipe/texts';

/** Names of files that say what is in them, but not of which data set. */
const SAY_NOTHING =
  /^(?:u|u[1-5]|ua|ub|data|dataset|log|logs|events?|interactions?|inter|ratings?(?:_small)?|reviews?|clicks?|purchases?|orders?|transactions?|behaviors?|history|sessions?|plays|train|training|test|all)$/i;

/** Formats of one data set, by the name that readers know it by. */
const DATA_SETS: readonly (readonly [RegExp, string])[] = [
  [/^MovieLens 100K/, 'MovieLens 100K'],
  [/^MovieLens/, 'MovieLens'],
  [/^UCI Online Retail/, 'UCI Online Retail'],
  [/^RetailRocket/, 'RetailRocket'],
  [/^Last\.fm/, 'Last.fm'],
  [/^MIND/, 'MIND'],
  [/^Steam/, 'Steam'],
  [/^Taobao/, 'Taobao UserBehavior'],
  [/^Yoochoose/, 'Yoochoose'],
  [/^Amazon/, 'Amazon Reviews'],
];

/**
 * `kitchen` of kitchen.csv, `ml-100k` of ml-100k.zip/u.data, `MovieLens` of a ratings.csv that is in its
 * format.
 */
export function dataSetName(mappings: readonly Pick<SourceMapping, 'name' | 'part' | 'format'>[]): string {
  const { name, format } = mappings.find(({ part }) => part === 'events') ?? mappings[0]!;
  const [outer = name] = name.split('/');
  const stem = outer.replace(/\.[^.]+$/, '') || outer;
  const known = SAY_NOTHING.test(stem) ? DATA_SETS.find(([pattern]) => pattern.test(format))?.[1] : undefined;
  return cutText(onOneLine(known ?? stem), NAME);
}
