/** Texts of a model's domain that no arm trains on: what fine-tuning on a log does to language elsewhere. */
import { EMBEDDED_MODEL, type RunSpec } from '../../recipe/runSpec';
import embedded from './wordnet-1m.json';

/** Texts measured at most; of more, the first ones. */
export const MOST_DOMAIN_TEXTS = 64;

/** Those of the recipe or, where it has none, those that the shipped model brings; none for other models. */
export function domainTextsOf({ model, evaluation }: Pick<RunSpec, 'model' | 'evaluation'>): readonly string[] {
  const own = model.id === EMBEDDED_MODEL ? embedded : [];
  return (evaluation.domainTexts.length > 0 ? evaluation.domainTexts : own).slice(0, MOST_DOMAIN_TEXTS);
}
