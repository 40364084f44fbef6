import { driftItems } from '../../log/driftItems';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from './preparedData';

/**
 * Texts of items that no arm is trained on (cold items) if there are enough, else of any items: as many as
 * the recipe says. Seeded.
 */
export function chooseDriftTexts(
  data: PreparedData,
  { seed, evaluation }: Pick<RunSpec, 'seed' | 'evaluation'>,
): (readonly number[])[] {
  const { items } = driftItems(data.split.cold, seed);
  return items.slice(0, evaluation.texts).map((item) => data.texts.at(item)!);
}
