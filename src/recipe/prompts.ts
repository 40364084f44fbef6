/**
 * The prompts that base model and arms continue at every evaluation, so that a record shows what training
 * does to their language.
 */
import { EMBEDDED_MODEL, type RunSpec } from './runSpec';

/** Separator of prompts in the recipe. */
const SEPARATOR = '|';

/**
 * One about the log's domain, one of general knowledge, one of style. The embedded model knows WordNet's
 * glosses and no prose.
 */
const OF_EMBEDDED_MODEL = ['cedar chest:', 'ocean:', 'happiness:'];
const OF_OTHERS = ['A tea set is used for', 'The capital of France is', 'Once upon a time, there was'];

/** The recipe's prompts in order; `auto` is a set that suits the model. */
export function promptsOf({ evaluation, model }: Pick<RunSpec, 'evaluation' | 'model'>): readonly string[] {
  if (evaluation.prompts.trim() === 'auto') return model.id === EMBEDDED_MODEL ? OF_EMBEDDED_MODEL : OF_OTHERS;
  // A space at the end would be a token of its own.
  return evaluation.prompts
    .split(SEPARATOR)
    .map((prompt) => prompt.trim())
    .filter((prompt) => prompt !== '');
}
