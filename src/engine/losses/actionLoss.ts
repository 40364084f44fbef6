/** An action loss, one for each room in this folder. Adding one: docs/architecture.md. */
import type { Tag } from '../../recipe/tag';
import type { CandidateOptions, CandidatePart, CandidateRule, Candidates } from './candidates';
import type { RowLoss } from './rowLoss';

export interface ActionLossWords {
  /** Its source (docs/method.md). */
  readonly tag: Tag;
  /** Its line in docs/definitions.md, which a test compares. */
  readonly definition: string;
  /** L_act in words, for a paper's method section. @param shown ` and of items shown and not clicked`, or nothing */
  readonly sentence: (shown: string) => string;
}

export interface ActionLossRoom {
  readonly row: RowLoss;
  readonly candidates: CandidateRule;
  /** What the loss is a mean over: predictions, or pairs of a prediction and a negative. */
  readonly mean: 'rows' | 'pairs';
  /** Whether its candidates are a sample of the catalogue that objective.logQ corrects. */
  readonly sampled: boolean;
  /** The loss of a model that knows nothing and scores all items alike, on a step's candidates. */
  readonly chance: (parts: readonly Omit<Candidates, 'weight'>[]) => number;
  readonly words: ActionLossWords;
}

/** A step's candidates, and the weights that turn the sum over predictions into a mean; weight 0 if there is nothing to average. */
export function weightedCandidates(
  { candidates, mean, sampled }: Pick<ActionLossRoom, 'candidates' | 'mean' | 'sampled'>,
  parts: readonly CandidatePart[],
  options: CandidateOptions,
): Candidates[] {
  const step = candidates.of(parts, sampled ? options : { ...options, popularity: null });
  const terms = step[mean];
  return step.parts.map((part) => ({ ...part, weight: terms === 0 ? 0 : 1 / terms }));
}
