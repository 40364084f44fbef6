/** What an arm's LLM writes after a prompt, and the probability that it gives a known continuation. */
import { readFloats, type Tensor } from '../../gpu/tensor';
import { meanCrossEntropies } from '../losses/scoredLoss';
import type { Arm } from '../arm';
import type { ArmViews, Decoder, InputRows } from '../decoder/decoder';
import type { KeptKeys } from '../decoder/keptKeys';
import { newestRows, packTexts, type PassRows } from '../decoder/sequence';
import { REPORT } from '../engine';
import type { FlatViews } from '../adapter';
import type { Context } from '../context';
import type { Activations } from '../decoder/activations';
import type { TextLoss } from '../losses/textLoss';
import type { DecoderConfig } from '../../model/decoderConfig';
import { greedy } from '../../model/sampling';
import { probabilityOf, type NextTokens } from './nextTokens';
import { textGroups } from './textGroups';

export interface WrittenToken {
  readonly token: number;
  /** Softmax of the model's logits. */
  readonly probability: number;
}

/** A prompt and what may follow it, in tokens. */
export interface ContinuedPrompt {
  readonly prompt: readonly number[];
  readonly continuation: readonly number[];
}

/**
 * What reads and writes texts with an arm's LoRA: an engine, or a language model that is trained on texts
 * alone.
 */
export interface TextModel {
  readonly context: Context;
  readonly inputs: { readonly config: DecoderConfig };
  readonly decoder: Decoder;
  readonly textLoss: TextLoss;
  readonly report: Tensor;
  readonly histories: { readonly pass: Activations; readonly inputs: (parameters: FlatViews) => InputRows };
  readonly use: (arm: Arm) => ArmViews;
}

export class Continuations {
  constructor(
    private readonly engine: TextModel,
    private readonly keys: KeptKeys,
    private readonly nextTokens: NextTokens,
  ) {}

  /** Maximum number of tokens of a prompt and its continuation together. */
  get longest(): number {
    const { histories, textLoss } = this.engine;
    // [BOS] takes a row; the last token takes none, since it is only predicted.
    return Math.min(histories.pass.capacity, textLoss.capacity) - 1;
  }

  /**
   * Continues `[BOS] prompt` until an end token or `maxTokens`.
   * @param prompts tokens
   * @param choose the next token from its logits; default: the likeliest
   * @throws RangeError when a prompt and its continuation are longer than `longest`
   */
  async write(
    arm: Arm,
    prompts: readonly (readonly number[])[],
    maxTokens: number,
    choose: (logits: Float32Array) => number = greedy,
  ): Promise<WrittenToken[][]> {
    if (prompts.length === 0) return [];
    const { endIds } = this.engine.inputs.config;
    const most = maxTokens + Math.max(...prompts.map((prompt) => prompt.length));
    if (most > this.longest) throw new RangeError(`a text of ${most} tokens, room for ${this.longest}`);
    const written = prompts.map((): WrittenToken[] => []);
    const views = this.engine.use(arm);
    // Each group keeps the keys of its prompts and of all tokens that may follow.
    const whole = prompts.map((prompt, index) => ({ index, length: prompt.length + maxTokens }));
    const limits = { rows: Math.min(this.keys.capacity, this.engine.histories.pass.capacity), texts: this.nextTokens.most };
    for (const group of textGroups(whole, limits)) {
      let first = 0;
      const texts = group.map(({ index, length }) => {
        const begin = first;
        first += length + 1;
        return { begin, prompt: prompts[index]!, written: written[index]! };
      });
      let open = texts;
      let logits = await this.afterPrompts(views, texts);
      for (let left = maxTokens; left > 0 && open.length > 0; left -= 1) {
        open = open.filter(({ written: tokens }, place) => {
          const token = choose(logits[place]!);
          if (endIds.includes(token)) return false;
          tokens.push({ token, probability: probabilityOf(logits[place]!, token) });
          return true;
        });
        if (left > 1 && open.length > 0) logits = await this.afterNewest(views, open);
      }
    }
    return written;
  }

  /** Queues everything that `write` and `nll` queue, for kernels to be compiled. @param prompt tokens */
  async rehearse(arm: Arm, prompt: readonly number[]): Promise<void> {
    const views = this.engine.use(arm);
    const text = { begin: 0, prompt, written: [{ token: prompt.at(-1)!, probability: 1 }] };
    await this.afterPrompts(views, [text]);
    await this.afterNewest(views, [text]);
    await this.nll(arm, [{ prompt, continuation: prompt }]);
  }

  /**
   * NLL in nats per token of each continuation of `[BOS] prompt`, as many at a time as fit a pass; 0 for an
   * empty one.
   * @param texts tokens; none is longer than `longest`
   */
  async nll(arm: Arm, texts: readonly ContinuedPrompt[]): Promise<number[]> {
    const { context, inputs, decoder, histories, textLoss, report } = this.engine;
    const { pass } = histories;
    const nlls = texts.map(() => 0);
    const asked = texts
      .map(({ prompt, continuation }, index) => ({ index, prompt, continuation, length: prompt.length + continuation.length }))
      .filter(({ continuation }) => continuation.length > 0);
    for (const group of textGroups(asked, { rows: this.longest + 1 })) {
      const packed = packTexts(
        group.map(({ prompt, continuation }) => [...prompt, ...continuation]),
        { bosId: inputs.config.bosId },
      );
      // The prompts' tokens do not count.
      const counted = group.flatMap(({ prompt, length }) => Array.from({ length }, (_, token) => token >= prompt.length));
      const [rows, tokens] = [packed.text.rows, packed.text.tokens].map((all) => all.filter((_, row) => counted[row]));
      decoder.load(pass, packed);
      textLoss.load({ rows: rows!, tokens: tokens!, weights: new Float32Array(rows!.length) });
      decoder.forward({ pass, rows: packed.rows, arm: this.engine.use(arm) }, histories.inputs(arm.parameters));
      const state = textLoss.run(pass, rows!.length, { report, slot: REPORT.evaluation }, null);
      context.recorder.submit();
      const [states] = await readFloats(context.memory, [{ tensor: state, elements: 4 * rows!.length }]);
      const lengths = group.map(({ continuation }) => continuation.length);
      meanCrossEntropies(states!, lengths).forEach((nll, place) => {
        nlls[group[place]!.index] = nll;
      });
    }
    return nlls;
  }

  /** Logits of the token after each `[BOS] prompt`, whose keys are kept. */
  private async afterPrompts(arm: ArmViews, texts: readonly OpenText[]): Promise<Float32Array[]> {
    const { bosId, eosId } = this.engine.inputs.config;
    // The last token of a packed text is only predicted, so any will do.
    const packed = packTexts(
      texts.map(({ prompt }) => [...prompt, eosId]),
      { bosId },
    );
    const places = texts.flatMap(({ begin, prompt }) => Array.from({ length: prompt.length + 1 }, (_, row) => begin + row));
    return this.logitsAfter(arm, packed, places, false);
  }

  /** Logits of the token after the last one written of each text, whose earlier keys are kept. */
  private async afterNewest(arm: ArmViews, texts: readonly OpenText[]): Promise<Float32Array[]> {
    const rows = texts.map(({ begin, prompt, written }) => {
      const position = prompt.length + written.length;
      return { token: written.at(-1)!.token, position, place: begin + position };
    });
    const packed = newestRows(rows);
    return this.logitsAfter(
      arm,
      packed,
      rows.map(({ place }) => place),
      true,
    );
  }

  private async logitsAfter(
    arm: ArmViews,
    packed: PassRows,
    places: readonly number[],
    newest: boolean,
  ): Promise<Float32Array[]> {
    const { decoder, histories } = this.engine;
    const { pass } = histories;
    decoder.load(pass, packed);
    this.keys.load(Uint32Array.from(places));
    decoder.forward({ pass, rows: packed.rows, arm, kept: { keys: this.keys, newest } }, histories.inputs(arm.parameters));
    return this.nextTokens.read(pass, packed);
  }
}

/**
 * A prompt, what has been written after it, and where the key of its `[BOS]` is kept; those of its tokens
 * follow.
 */
interface OpenText {
  readonly begin: number;
  readonly prompt: readonly number[];
  readonly written: WrittenToken[];
}
