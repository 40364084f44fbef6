/**
 * The items' visual features as the recipe requests them: the log's or, as a control, their categories in
 * place of these.
 */
import { categoryLevels } from '../../log/itemText';
import type { InteractionLog, VisualFeatures } from '../../log/types';
import type { RunSpec } from '../../recipe/runSpec';
import { t } from '../../words/words';

type Kind = RunSpec['features']['visual'];

/** Maximum number of floats in a table of categories: 1 GB. */
const MOST_NUMBERS = 2 ** 28;

/** Categories cached by log and kind, so that an edit of a recipe need not cost a pass over all items. */
const known = new WeakMap<Pick<InteractionLog, 'items' | 'visual'>, Map<Kind, VisualFeatures>>();

/** The setting that needs them, and what to set to avoid it. */
interface Asked {
  readonly why: string;
  readonly otherwise: string;
}

/**
 * Of items that have none, the numbers are 0. Of categories, only the items that have a picture count where
 * the log has pictures: a control differs in nothing else.
 * @throws RangeError if the log has none, or, for the controls, no two categories
 */
export function visualFeatures(
  log: Pick<InteractionLog, 'items' | 'visual'>,
  kind: Kind,
  { why, otherwise }: Asked,
): VisualFeatures {
  if (kind === 'images') {
    if (log.visual !== undefined) return log.visual;
    throw new RangeError(
      t(
        '{why}, but this log has no visual features of its items. {otherwise}, open the log together with them, or set features.visual to category.',
        { why, otherwise },
      ),
    );
  }
  const tables = known.get(log) ?? new Map<Kind, VisualFeatures>();
  known.set(log, tables);
  const table = tables.get(kind) ?? categories(log, kind);
  tables.set(kind, table);
  return table;
}

/** A column for each category: 1 if the item is in it. */
function categories(log: Pick<InteractionLog, 'items' | 'visual'>, kind: Exclude<Kind, 'images'>): VisualFeatures {
  const { items, visual } = log;
  const levels = Array.from(items, ({ category }, item) =>
    (visual?.present[item] ?? 1) === 1 ? categoryLevels(category).slice(0, kind === 'category' ? 1 : undefined) : [],
  );
  const columns = [...new Set(levels.flat())].sort();
  const width = columns.length;
  if (width < 2) {
    throw new RangeError(
      t('features.visual is {kind}, but the items of this log have no two categories. Set it to images.', { kind }),
    );
  }
  if (items.length * width > MOST_NUMBERS) {
    throw new RangeError(
      t('features.visual is {kind}, but {items} items with {width} categories are too many. Set it to images.', {
        kind,
        items: items.length,
        width,
      }),
    );
  }
  const place = new Map(columns.map((name, column) => [name, column]));
  const values = new Float32Array(items.length * width);
  levels.forEach((names, item) => {
    for (const name of names) values[item * width + place.get(name)!] = 1;
  });
  return { width, values, present: Uint8Array.from(levels, (names) => Number(names.length > 0)) };
}
