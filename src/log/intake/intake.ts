/** From dropped files to a log, in the steps that the user goes through. */
import { filtersSchema, type LogFilters, type LogRecipe, type SourceMapping, type SplitRecipe } from '../../recipe/logRecipe';
import { openSources, type Source } from '../source/source';
import { LogError, type InteractionLog, type Split } from '../types';
import { assemble, catalogueItems, checkUsable, hashed } from './assemble';
import { applyFilters, type Filtered } from './filters';
import { guessSources } from './guess';
import type { SourceGuess } from './guessSource';
import type { Remembered } from './headerSignature';
import { isPictureName } from './itemPictures';
import { dataSetName } from './dataSetName';
import type { Pictured } from './pictured';
import { orderEvents, type EventOrder } from './order';
import { readSources, type ReadLimits, type ReadProgress } from './readSources';
import type { RawLog } from './rawLog';
import { SHARE_CODES } from './readEvents';
import { REASONS } from './reasons';
import type { Counted } from './tally';
import { countBaskets } from './traps';
import { guestsOf, isNoInterest, takesBack } from './noInterest';
import { t } from '../../words/words';

/** Inspected files. */
export interface InspectedSources {
  readonly sources: readonly Source[];
  readonly guesses: readonly SourceGuess[];
  /** Files of pictures. */
  readonly pictures: readonly Source[];
}

/** @throws LogError when none of the files is a table */
export async function inspectFiles(files: readonly File[], remembered: Remembered = {}): Promise<InspectedSources> {
  const { tables, pictures } = tablesIn(await openSources(files));
  if (tables.length === 0 && pictures.length > 0) return { sources: [], guesses: [], pictures };
  return { sources: tables, guesses: await guessSources(tables, remembered), pictures };
}

/** Separates files that are pictures by name. */
export function tablesIn(all: readonly Source[]): { readonly tables: readonly Source[]; readonly pictures: readonly Source[] } {
  return {
    tables: all.filter(({ name }) => !isPictureName(name)),
    pictures: all.filter(({ name }) => isPictureName(name)),
  };
}

export const PICTURES_ALONE =
  'These are pictures, and no log. Drop them together with the files of their log, or while that log is open.';

/** Read files. */
export interface IntakeResult {
  /** Name of the log. */
  readonly name: string;
  readonly mappings: readonly SourceMapping[];
  readonly raw: RawLog;
  readonly orders: { plain: EventOrder | null; given: EventOrder | null };
  /** The last filters that were applied, and what they kept. */
  readonly applied: { key: string; filtered: Filtered | null };
  /** A vision model's features of the pictures, once computed. */
  readonly pictures: { pictured: Pictured | null };
}

/** @throws LogError; the signal's reason when aborted */
export async function readIntake(
  sources: readonly Source[],
  mappings: readonly SourceMapping[],
  onProgress?: (progress: ReadProgress) => void,
  limits: ReadLimits = {},
): Promise<IntakeResult> {
  const raw = await readSources(sources, mappings, onProgress, limits);
  if (raw.events.user.length === 0) {
    const reasons = raw.rejected
      .map(({ reason, rows }) => t('{rows} with {reason}', { rows, reason: t(REASONS[reason].text) }))
      .join(', ');
    const message =
      reasons === '' ? t('It has a header but no events.') : t('None of its rows is an event: {reasons}.', { reasons });
    const issues = raw.rejected.flatMap(({ first, example }) =>
      first.slice(0, 1).map((place) => ({ ...place, message: example })),
    );
    const { name } = mappings.find(({ part }) => part === 'events') ?? mappings[0]!;
    throw new LogError(`${name}: ${message}`, [{ file: name, line: 0, message }, ...issues]);
  }
  return {
    name: dataSetName(mappings),
    mappings,
    raw,
    orders: { plain: null, given: null },
    applied: { key: '', filtered: null },
    pictures: { pictured: null },
  };
}

export function orderOf({ raw, orders }: IntakeResult, split: SplitRecipe): EventOrder {
  if (split.kind === 'given') return (orders.given ??= orderEvents(raw, true));
  return (orders.plain ??= orderEvents(raw, false));
}

function filteredBy(intake: IntakeResult, { filters, split }: Pick<LogRecipe, 'filters' | 'split'>): Filtered {
  const { raw, applied } = intake;
  const key = JSON.stringify([filters, split.kind === 'given']);
  if (applied.filtered === null || applied.key !== key) {
    applied.filtered = applyFilters(raw, orderOf(intake, split), filters);
    applied.key = key;
  }
  return applied.filtered;
}

/** Share of tied events from which a log is taken for baskets. */
const BASKETS = 0.5;

/** Whether the files say which events are for training and which for test. */
export function hasGivenSplit({ events: { share } }: RawLog): boolean {
  return share !== null && share.includes(SHARE_CODES.train) && share.includes(SHARE_CODES.test);
}

/** The filters and split that suit a log, before the user changes them. */
export function defaultRecipe(intake: IntakeResult, guesses: readonly Pick<SourceGuess, 'leastRating'>[] = []): LogRecipe {
  const { raw, mappings } = intake;
  const { title } = raw.items.texts;
  const events = raw.events.item.length;
  const [named, titled] = [new Uint8Array(raw.items.ids.texts.length), new Uint8Array(raw.items.ids.texts.length)];
  let withText = 0;
  title.forEach((text, item) => {
    if (text !== '') titled[item] = 1;
  });
  for (const item of raw.events.item) {
    named[item] = 1;
    withText += titled[item]!;
  }
  const used = named.reduce((sum, one) => sum + one, 0);
  const known = guesses.map(({ leastRating }) => leastRating ?? null).find((least) => least !== null) ?? null;
  const wanted = raw.kinds.filter((kind) => !isNoInterest(kind));
  const filters: LogFilters = filtersSchema.parse({
    leastRating: known ?? (takesBack(raw, mappings) ? 1 : null),
    events: wanted.length > 0 && wanted.length < raw.kinds.length ? wanted : null,
    guests: guestsOf(raw),
    // A log without texts is still a log; if some items have texts, the others are gaps.
    withoutText: withText < events / 10 ? (raw.idOrder === 0 ? 'id' : 'number') : 'drop',
    // Metadata of a whole shop with the events of only part of it.
    itemCore: raw.items.listed.length > 5 * Math.max(2000, used) ? 1 : 0,
  });
  let split: SplitRecipe = { kind: 'leave-last-out' };
  if (hasGivenSplit(raw)) split = { kind: 'given' };
  else {
    const order = orderOf(intake, split);
    const filtered = filteredBy(intake, { filters, split });
    if (countBaskets(raw, order, filtered).tied > BASKETS * filtered.used) split = { kind: 'last-basket' };
  }
  return { sources: [...mappings], filters: split.kind === 'given' ? { ...filters, userCore: 1 } : filters, split };
}

/** What a recipe would keep, and why the rest is left out. */
export interface Survey {
  readonly filtered: Filtered;
  /** Rows of events in the files, and events from histories. */
  readonly read: number;
  /** Rows that are not in the log. read = filtered.used + Σ rows. */
  readonly leftOut: readonly Counted[];
}

export function survey(intake: IntakeResult, recipe: LogRecipe): Survey {
  const { raw } = intake;
  const filtered = filteredBy(intake, recipe);
  const leftOut = [...raw.rejected, ...filtered.leftOut];
  const read = raw.events.user.length + raw.rejected.reduce((sum, { rows }) => sum + rows, 0);
  return { filtered, read, leftOut };
}

/** Log and split by the recipe, without the hash. */
export function preview(intake: IntakeResult, recipe: LogRecipe, { filtered }: Survey): { log: InteractionLog; split: Split } {
  return assemble(intake.raw, orderOf(intake, recipe.split), filtered, recipe, {
    name: intake.name,
    pictured: intake.pictures.pictured,
  });
}

/** Items (raw numbers) of the catalogue under a recipe. */
export function keptItems(intake: IntakeResult, recipe: LogRecipe): Int32Array {
  return catalogueItems(intake.raw, filteredBy(intake, recipe), recipe);
}

/** @throws LogError when nothing can be trained on, ranked or tested */
export async function finishLog(
  intake: IntakeResult,
  recipe: LogRecipe,
  surveyed: Survey,
): Promise<{ log: InteractionLog; split: Split }> {
  const assembled = preview(intake, recipe, surveyed);
  checkUsable(assembled, surveyed.leftOut);
  return hashed(assembled);
}
