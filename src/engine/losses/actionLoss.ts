/** An action loss, one for each room in this folder. Adding one: docs/architecture.md. */
import type { Tag } from '../../recipe/tag';
import type { CandidateOptions, CandidateRule, Candidates } from './candidates';
import { exposedOf, pairsOf, type CandidatePart } from './exposedPairs';
import type { RowLoss } from './rowLoss';

export interface ActionLossWords {
  /** Its source (docs/method.md). */
  readonly tag: Tag;
  /** Its line in docs/method.md, which a test compares. */
  readonly definition: string;
  /**
   * L_act in words, for a paper's method section.
   * @param shown ` and of items shown and not clicked` in records of earlier versions, or nothing
   */
  readonly sentence: (shown: string) => string;
}

export interface ActionLossRoom {
  readonly row: RowLoss;
  readonly candidates: CandidateRule;
  /** What the loss is a mean over: predictions, or pairs of a prediction and a negative. */
  readonly mean: 'rows' | 'pairs';
  /** The loss of a model that knows nothing and scores all items alike, on a step's candidates. */
  readonly chance: (parts: readonly Omit<Candidates, 'weight' | 'exposed'>[]) => number;
  readonly words: ActionLossWords;
}

/** What L_exp compares; `bias` is added to the scores of each item, null for nothing. */
export interface ExposureOptions {
  readonly lambdaExp: number;
  readonly bias: ArrayLike<number> | null;
}

/**
 * A step's candidates, and the weights that turn the sum over predictions, or over exposed pairs, into a
 * mean. A weight is 0 if there is nothing to average.
 */
export function weightedCandidates(
  { candidates, mean }: Pick<ActionLossRoom, 'candidates' | 'mean'>,
  parts: readonly CandidatePart[],
  options: CandidateOptions & ExposureOptions,
): Candidates[] {
  const step = candidates.of(parts, options);
  const terms = step[mean];
  const weight = terms === 0 ? 0 : 1 / terms;
  const exposed = options.lambdaExp > 0 ? parts.map(exposedOf) : [];
  const pairs = exposed.flat().reduce((sum, { length }) => sum + length, 0);
  return step.parts.map((part, index) => {
    if (pairs === 0) return { ...part, weight, exposed: null };
    const { targetColumns } = part;
    const targets = parts[index]!.packed.predictionTargets;
    const items = part.items === null ? null : [...part.items];
    const columns = new Map(items?.map((item, column) => [item, column]));
    const columnOf = (item: number): number => {
      const known = items === null ? item : columns.get(item);
      if (known !== undefined) return known;
      columns.set(item, items!.length);
      return items!.push(item) - 1;
    };
    const of = { bias: options.bias, weight: options.lambdaExp / pairs };
    const found = pairsOf(exposed[index]!, { targetColumns, targets }, columnOf, of);
    return { ...part, items: items && Uint32Array.from(items), weight, exposed: found };
  });
}
