/** A term of the objective, one for each room in this folder. Adding one: docs/architecture.md. */
import type { Tag } from '../../recipe/tag';
import type { RunSpec } from '../../recipe/runSpec';

export interface TermWords {
  /** `L_gen`, and the name of its weight, `λ_gen`. */
  readonly symbol: string;
  readonly lambda: string;
  readonly unit: string;
  /** The source of the idea (docs/method.md). */
  readonly tag: Tag;
  /** What is plotted, in a few words. */
  readonly plotted: string;
  /** Its line in docs/method.md, which a test compares. */
  readonly definition: string;
  /** Its description for a paper's method section, with the tags of every claim. */
  readonly sentence: (objective: RunSpec['objective']) => string;
}

/** A term, as far as it can be described without a GPU. */
export interface ObjectiveTerm {
  /**
   * The rows that the term adds to a step.
   * `history`: y after the history, in the same pass. `texts`: y in a pass of its own. `described`: texts of
   * items drawn from the catalogue, in a pass of their own. `plain`: the same texts after [BOS] instead of a
   * soft token. `replayed`: texts of the model's domain, likewise. `images`: no rows, but it reads the
   * targets' pictures. `none`: no rows; it reads what is there.
   */
  readonly rows: 'history' | 'texts' | 'described' | 'plain' | 'replayed' | 'images' | 'none';
  /** Parameters that this term trains, and that only terms train and no request reads. */
  readonly parameters: readonly string[];
  readonly words: TermWords;
}
