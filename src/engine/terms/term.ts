/** What a term of the objective is: one of the rooms in this folder. Adding one: docs/architecture.md. */
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
  /** Its line in docs/definitions.md, which a test compares. */
  readonly definition: string;
  /** What it is, for a paper's method section, with the tags of every claim. */
  readonly sentence: (objective: RunSpec['objective']) => string;
}

/** A term, as far as it can be described without a GPU. */
export interface Term {
  /**
   * The rows that it adds to a step. `history`: y after the history, in the same pass; `texts`: y in a pass of its own; `described`: texts of items
   * drawn from the catalogue in a pass of their own; `images`: none, but it reads the targets' pictures; `none`: it looks at what is there.
   */
  readonly rows: 'history' | 'texts' | 'described' | 'images' | 'none';
  /** Parameters that only terms train, this one among them, and that no request reads. */
  readonly parameters: readonly string[];
  readonly words: TermWords;
}
