/** Texts of a model's domain that no arm trains on: what fine-tuning on a log does to language elsewhere. */
import { EMBEDDED_MODEL, type RunSpec } from '../../recipe/runSpec';
import embedded from './wordnet-1m.json';

/** Those that come with a model: the embedded one has some. */
export function textsOfModel(id: string): readonly string[] {
  return id === EMBEDDED_MODEL ? embedded : [];
}

/** The recipe's texts or, if it has none, those that come with the shipped model; none for other models. As many as are measured, the first ones. */
export function domainTextsOf({ model, evaluation }: Pick<RunSpec, 'model' | 'evaluation'>): readonly string[] {
  const { domainTexts, texts } = evaluation;
  return (domainTexts.length > 0 ? domainTexts : textsOfModel(model.id)).slice(0, texts);
}
