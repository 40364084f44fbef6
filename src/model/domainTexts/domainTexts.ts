/**
 * Texts of a model's domain: those that measure what fine-tuning on a log does to language elsewhere, and
 * others, for L_replay.
 */
import { EMBEDDED_MODEL, MOST_TEXTS, type RunSpec } from '../../recipe/runSpec';
import embedded from './wordnet-1m.json';
import furtherOfEmbedded from './wordnet-1m-replay.json';

/** Those that come with a model: the embedded one has some. */
export function textsOfModel(id: string): readonly string[] {
  return id === EMBEDDED_MODEL ? [...embedded, ...furtherOfEmbedded] : [];
}

/**
 * The texts that L_replay draws from: those after the ones that any recipe may measure. Empty if there are no
 * more.
 */
export function replayTextsOf({ model, evaluation: { domainTexts } }: Pick<RunSpec, 'model' | 'evaluation'>): readonly string[] {
  return (domainTexts.length > 0 ? domainTexts : textsOfModel(model.id)).slice(MOST_TEXTS);
}

/**
 * The recipe's texts or, if it has none, those that come with the shipped model; none for other models. As
 * many as are measured, the first ones.
 */
export function domainTextsOf({ model, evaluation }: Pick<RunSpec, 'model' | 'evaluation'>): readonly string[] {
  const { domainTexts, texts } = evaluation;
  return (domainTexts.length > 0 ? domainTexts : textsOfModel(model.id)).slice(0, texts);
}
