/** Where heads can be fitted before the first step. */
import { armHeadStart } from './armRecipe';
import type { RunSpec } from './runSpec';

/**
 * Why W_o and W_e cannot be fitted under a recipe, as a sentence; null if they can.
 * @param features size of an item's features
 */
export function headStartProblem(
  { itemInterface, itemOutput, embeddingSize }: Pick<RunSpec['objective'], 'itemInterface' | 'itemOutput' | 'embeddingSize'>,
  features: number,
): string | null {
  if (itemInterface === 'semantic') return 'Codes have free embeddings, so there is no W_e to fit: the heads start at random.';
  if (itemOutput === 'id' || itemOutput === 'tied')
    return 'Item embeddings are free, so there is no W_e to fit: the heads start at random.';
  if (features < embeddingSize)
    return `Items have ${features} features, fewer than the ${embeddingSize} dimensions of their embeddings: the heads start at random.`;
  return null;
}

/** Whether W_o and W_e are fitted for any arm. @param features size of an item's features */
export function fitsHeads(spec: Pick<RunSpec, 'arms' | 'objective'>, features: number): boolean {
  const wanted = spec.arms.some((arm) => armHeadStart(spec, arm) === 'fitted');
  return wanted && headStartProblem(spec.objective, features) === null;
}
