/** Filters of a log in the words of a paper; English, like all exports. */
import { filtersSchema, type LogFilters } from '../../recipe/logRecipe';
import { sameValue } from '../../recipe/specPath';
import { WORDS } from '../../recipe/words';
import { compact, listed } from '../format';

const USUAL = filtersSchema.parse({});
const CORES: readonly (keyof LogFilters)[] = ['itemCore', 'userCore'];

/**
 * `Minimum rating: 4`: the filters that are not as usual.
 * @param cores whether the minimum events of items and users are named too, whatever they are
 */
export function filterWords(filters: LogFilters, { cores }: { readonly cores: boolean }): string[] {
  return (Object.keys(USUAL) as (keyof LogFilters)[]).flatMap((filter) => {
    const value = filters[filter];
    const said = CORES.includes(filter) ? cores : !sameValue(value, USUAL[filter]);
    return said ? [`${WORDS.get(filtersSchema.shape[filter])?.label ?? filter}: ${valueText(filter, value)}`] : [];
  });
}

function valueText(filter: keyof LogFilters, value: LogFilters[keyof LogFilters]): string {
  if (value === null) return 'all';
  // Unix seconds, to the second and in UTC.
  if (typeof value === 'number' && (filter === 'from' || filter === 'to'))
    return `${new Date(1000 * value).toISOString().slice(0, 19)}Z`;
  return typeof value === 'number' ? compact(value) : Array.isArray(value) ? listed(value) : value;
}
