/** Options of a log: its columns, filters and split, as the page's dialog sets them. */
import type { ZodType } from 'zod';
import { unitOfColumn } from '../log/eventTime';
import { withColumnsFound } from '../log/formats/generic';
import { ROLES } from '../log/formats/roles';
import { knownOrder } from '../log/intake/readMappings';
import {
  filtersSchema,
  logRecipeSchema,
  partSchema,
  shareSchema,
  splitRecipeSchema,
  timeUnitSchema,
  type LogFilters,
  type LogRecipe,
  type Role,
  type SourceMapping,
  type SplitRecipe,
} from '../recipe/logRecipe';
import { UsageError } from './usageError';

/** `ratings.csv:user=uid`. */
export interface MapOption {
  readonly file: string;
  readonly what: Role | 'part' | 'time-unit' | 'share' | 'where';
  readonly value: string;
}

export interface LogOptions {
  readonly maps: readonly MapOption[];
  readonly split: SplitRecipe | null;
  /** A saved recipe: the whole mapping, filters and split. */
  readonly mapping: LogRecipe | null;
}

const MAP = '--map FILE:ROLE=COLUMN';

/** @throws UsageError */
export function readMapOption(text: string): MapOption {
  const match = /^(.+):([\w-]+)=(.+)$/.exec(text);
  const what = match?.[2] ?? '';
  const known = [...ROLES, 'part', 'time-unit', 'share', 'where'];
  if (match === null) throw new UsageError(`${MAP.replace(' ', ' needs ')}, not ${text}.`);
  if (!known.includes(what)) throw new UsageError(`${MAP}: there is no role ${what}; choose one of ${known.join(', ')}.`);
  return { file: match[1]!, what: what as MapOption['what'], value: match[3]! };
}

/** @throws UsageError */
export function readSplitOption(kind: string): SplitRecipe {
  const parsed = splitRecipeSchema.safeParse({ kind });
  if (parsed.success) return parsed.data;
  throw new UsageError(`--split needs leave-last-out, last-basket, time or given, not ${kind}.`);
}

/** A recipe, or a run file that has one. @throws UsageError */
export function readMappingFile(file: string, text: string): LogRecipe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`--mapping: ${file} is not JSON.`);
  }
  const inRun = (value as { data?: { recipe?: unknown } } | null)?.data?.recipe;
  const parsed = logRecipeSchema.safeParse(inRun ?? value);
  if (!parsed.success) throw new UsageError(`--mapping: ${file} contains no log recipe; --inspect --json writes one.`);
  return parsed.data;
}

function columnOf({ name, columns }: SourceMapping, value: string): number {
  const byName = columns.indexOf(value);
  const column = byName >= 0 ? byName : /^\d+$/.test(value) ? Number(value) - 1 : -1;
  if (column >= 0 && column < columns.length) return column;
  throw new UsageError(`${MAP}: ${name} has no column ${value}; it has ${columns.join(', ')}.`);
}

function oneOf<T>(schema: ZodType<T>, what: string, value: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`--map: ${value} is not a ${what}.`);
  return parsed.data;
}

function withOption(mapping: SourceMapping, { what, value }: MapOption): SourceMapping {
  if (what === 'part') return { ...mapping, part: oneOf(partSchema, 'part', value) };
  if (what === 'time-unit') return { ...mapping, timeUnit: oneOf(timeUnitSchema, 'time unit', value) };
  if (what === 'share') return { ...mapping, share: oneOf(shareSchema, 'share', value) };
  if (what === 'where') {
    // FILE:where=COLUMN=VALUE,VALUE
    const [column = '', values = ''] = value.split('=', 2);
    return { ...mapping, where: { column: columnOf(mapping, column), values: values.split(',') } };
  }
  const roles = { ...mapping.roles, [what]: columnOf(mapping, value) };
  // A history in several columns is recognised by their names; the user names one column.
  return { ...mapping, roles, ...(what === 'history' && { historyWidth: undefined }) };
}

/** What the columns that were named make of a file that is nothing so far. */
function partOf({ part, roles }: SourceMapping): SourceMapping['part'] {
  if (part !== 'ignored' && part !== 'users') return part;
  if (roles.order !== undefined) return roles.item === undefined ? 'orders' : 'events';
  if (roles.user !== undefined) return 'events';
  return roles.item === undefined ? part : 'items';
}

/**
 * Mappings with the command line's settings; a part or time unit that it leaves out follows from the columns
 * that it names, and what recognition finds beside these, a label or the time, is kept.
 * @param rowsOf the first rows of a file
 * @throws UsageError for a missing file or column
 */
export function withMaps(
  mappings: readonly SourceMapping[],
  maps: readonly MapOption[],
  rowsOf: (at: number) => readonly (readonly unknown[])[] = () => [],
): SourceMapping[] {
  const changed = [...mappings];
  const said = new Map<number, Set<MapOption['what']>>();
  for (const option of maps) {
    const at = mappings.findIndex(({ name }) => name === option.file || name.endsWith(`/${option.file}`));
    if (at < 0)
      throw new UsageError(`--map: there is no file ${option.file}; there are ${mappings.map(({ name }) => name).join(', ')}.`);
    changed[at] = withOption(changed[at]!, option);
    said.set(at, (said.get(at) ?? new Set()).add(option.what));
  }
  for (const [at, what] of said) {
    const mapping = changed[at]!;
    const { time } = mapping.roles;
    if (!what.has('part')) changed[at] = { ...mapping, part: partOf(mapping) };
    const named = ROLES.filter((role) => what.has(role));
    if (named.length > 0) changed[at] = withColumnsFound(changed[at]!, rowsOf(at), named);
    if (what.has('time') && !what.has('time-unit') && time !== undefined) {
      changed[at] = { ...changed[at]!, timeUnit: unitOfColumn(rowsOf(at), time, mapping.columns[time]!) };
    }
  }
  return changed;
}

/**
 * The recipe with the command line's filters and split.
 * @throws UsageError for a split that the files do not have
 */
export function withChoices(recipe: LogRecipe, filters: Partial<LogFilters>, split: SplitRecipe | null): LogRecipe {
  const events = recipe.sources.filter(({ part }) => part === 'events');
  if (split?.kind === 'time' && knownOrder(recipe.sources) !== 'times') {
    throw new UsageError('--split time needs times, and not all of these files have them.');
  }
  const shares = new Set(events.map(({ share }) => share));
  if (split?.kind === 'given' && !(shares.has('train') && shares.has('test'))) {
    throw new UsageError('--split given needs files of training and of test; --map FILE:share=test says which is which.');
  }
  return { ...recipe, filters: filtersSchema.parse({ ...recipe.filters, ...filters }), split: split ?? recipe.split };
}
