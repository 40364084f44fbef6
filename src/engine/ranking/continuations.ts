/** What an arm's LLM writes after a prompt, and the probability that it gives a known continuation. */
import { fill } from '../rows/rows';
import type { Arm } from '../arm';
import type { ArmViews } from '../decoder/decoder';
import { packTexts } from '../decoder/sequence';
import { REPORT, type Engine } from '../engine';
import { greedy } from '../../model/sampling';
import { probabilityOf, type NextTokens } from './nextTokens';
import { textGroups } from './textGroups';

export interface WrittenToken {
  readonly token: number;
  /** Softmax of the model's logits. */
  readonly probability: number;
}

export class Continuations {
  constructor(
    private readonly engine: Engine,
    private readonly nextTokens: NextTokens,
  ) {}

  /** Maximum number of tokens of a prompt and its continuation together. */
  get longest(): number {
    const { histories, textLoss } = this.engine;
    // [BOS] takes a row; the last token takes none, since it is only predicted.
    return Math.min(histories.pass.capacity, textLoss.capacity) - 1;
  }

  /**
   * Continues `[BOS] prompt` greedily, until an end token or `maxTokens`.
   * @param prompts tokens
   * @throws RangeError when a prompt and its continuation are longer than `longest`
   */
  async write(arm: Arm, prompts: readonly (readonly number[])[], maxTokens: number): Promise<WrittenToken[][]> {
    if (prompts.length === 0) return [];
    const { endIds } = this.engine.inputs.config;
    if (prompts.length === 0) return [];
    const most = maxTokens + Math.max(...prompts.map((prompt) => prompt.length));
    if (most > this.longest) throw new RangeError(`a text of ${most} tokens, room for ${this.longest}`);
    const written = prompts.map((): WrittenToken[] => []);
    const open = new Set(written.keys());
    const views = this.engine.use(arm);
    for (let step = 0; step < maxTokens && open.size > 0; step++) {
      const asked = [...open];
      const logits = await this.logitsBehind(
        views,
        asked.map((index) => [...prompts[index]!, ...written[index]!.map(({ token }) => token)]),
      );
      asked.forEach((index, place) => {
        const token = greedy(logits[place]!);
        if (endIds.includes(token)) open.delete(index);
        else written[index]!.push({ token, probability: probabilityOf(logits[place]!, token) });
      });
    }
    return written;
  }

  /** NLL in nats per token of a continuation of `[BOS] prompt`; 0 for an empty one. */
  async nll(arm: Arm, prompt: readonly number[], continuation: readonly number[]): Promise<number> {
    if (continuation.length === 0) return 0;
    const { context, inputs, decoder, histories, textLoss, report } = this.engine;
    const { pass } = histories;
    const packed = packTexts([[...prompt, ...continuation]], { bosId: inputs.config.bosId });
    // Row i of the text predicts its token i; the prompt's tokens do not count.
    const rows = packed.text.rows.slice(prompt.length);
    const tokens = packed.text.tokens.slice(prompt.length);
    decoder.load(pass, packed);
    textLoss.load({ rows, tokens, weights: new Float32Array(rows.length).fill(1 / rows.length) });
    decoder.forward({ pass, rows: packed.rows, arm: this.engine.use(arm) }, histories.inputs(arm.parameters));
    fill(context, report, REPORT.evaluation + 1);
    textLoss.run(pass, rows.length, { report, slot: REPORT.evaluation }, null);
    const numbers = await context.recorder.submitAndRead(report, REPORT.evaluation + 1);
    return numbers[REPORT.evaluation] ?? 0;
  }

  /** Logits of the token after each `[BOS] text`, as many texts at a time as fit. */
  private async logitsBehind(arm: ArmViews, texts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { inputs, decoder, histories } = this.engine;
    const { bosId, eosId } = inputs.config;
    const { pass } = histories;
    const all: Float32Array[] = [];
    for (const group of textGroups(texts, { rows: pass.capacity, texts: this.nextTokens.most })) {
      // The last token of a packed text is only predicted, so any will do.
      const packed = packTexts(
        group.map((tokens) => [...tokens, eosId]),
        { bosId },
      );
      decoder.load(pass, packed);
      decoder.forward({ pass, rows: packed.rows, arm }, histories.inputs(arm.parameters));
      all.push(...(await this.nextTokens.read(pass, packed, group.length)));
    }
    return all;
  }
}
