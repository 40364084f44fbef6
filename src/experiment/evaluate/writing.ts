/** How base model and arms continue the recipe's prompts, at every evaluation. */
import type { Arm } from '../../engine/arm';
import type { Continuations, WrittenToken } from '../../engine/ranking/continuations';
import type { TextTokenizer } from '../../model/decoderConfig';
import type { Continuation } from '../../record/runRecord';

/** Maximum number of tokens that continue a prompt; fewer if the engine's passes are shorter. */
const MOST_TOKENS = 16;
/** A pass over fewer rows takes as long as over these: matrix products have tiles of so many. */
const LEAST_ROWS = 16;
/** Digits of a probability in a record. */
const DIGITS = 3;

export class Writing {
  private readonly prompts: readonly (readonly number[])[];
  private most: number;
  /** How the base model continues them. */
  private base: readonly (readonly number[])[] | null = null;

  /** @param prompts texts; only the end is used of one that is too long for the engine */
  constructor(
    private readonly continuations: Continuations,
    private readonly tokenizer: TextTokenizer,
    prompts: readonly string[],
  ) {
    this.most = Math.min(MOST_TOKENS, continuations.longest - 1);
    const most = continuations.longest - this.most;
    this.prompts = prompts.map((prompt) => tokenizer.encode(prompt).slice(-most));
  }

  /** Rows that the pass for one more token after every prompt takes as long as. */
  get rows(): number {
    return this.prompts.length === 0 ? 0 : Math.max(LEAST_ROWS, this.prompts.length);
  }

  /** Writes at most that many tokens from here on. */
  shorten(tokens: number): void {
    this.most = Math.min(this.most, tokens);
  }

  /**
   * Continuations in the order of the prompts; undefined if there are none. The first arm passed must be the
   * base model, with which all others are compared.
   */
  async of(arm: Arm): Promise<Continuation[] | undefined> {
    const { prompts, continuations } = this;
    if (prompts.length === 0) return undefined;
    const written = await continuations.write(arm, prompts, this.most);
    const base = (this.base ??= idsOf(written));
    const texts = prompts.map((prompt, index) => ({ prompt, continuation: base[index]! }));
    const nlls = await continuations.nll(arm, texts);
    return written.map((tokens, index) => ({ ...this.textOf(prompts[index]!, tokens), baseNll: nlls[index]! }));
  }

  /**
   * A token's piece is what it adds to the text, so that the pieces concatenate to the text whatever the
   * tokenizer joins.
   */
  private textOf(prompt: readonly number[], written: readonly WrittenToken[]): Pick<Continuation, 'text' | 'tokens'> {
    const ids = [...prompt];
    const begin = this.tokenizer.decode(ids).length;
    let text = this.tokenizer.decode(ids);
    const tokens = written.map(({ token, probability }): [string, number] => {
      ids.push(token);
      const longer = this.tokenizer.decode(ids);
      const piece = longer.slice(text.length);
      text = longer;
      return [piece, Number(probability.toFixed(DIGITS))];
    });
    return { text: text.slice(begin), tokens };
  }
}

function idsOf(written: readonly (readonly WrittenToken[])[]): number[][] {
  return written.map((tokens) => tokens.map(({ token }) => token));
}
