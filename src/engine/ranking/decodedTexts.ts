/** Text that a decoder reads from embeddings alone, one token after another. */
import { write } from '../../gpu/tensor';
import { greedy } from '../../model/sampling';
import type { KeptKeys } from '../decoder/keptKeys';
import { newestRows, packTexts, type PassRows } from '../decoder/sequence';
import type { Engine } from '../engine';
import type { SoftReader } from '../terms/rec/reconstruction';
import type { NextTokens } from './nextTokens';

/** The tokens read so far, and where the key of the soft token is kept; those of the tokens follow. */
interface OpenText {
  readonly begin: number;
  readonly tokens: number[];
}

export class DecodedTexts {
  /**
   * @param keys for at least as many rows as a text may have tokens
   * @param most maximum number of texts at a time
   */
  constructor(
    private readonly engine: Engine,
    private readonly keys: KeptKeys,
    private readonly nextTokens: NextTokens,
    private readonly most: number,
  ) {}

  /**
   * Token IDs that are generated greedily from each embedding [texts, e], until an end token or `maxTokens`.
   */
  async decode(reader: SoftReader, interest: Float32Array, maxTokens: number): Promise<number[][]> {
    const { embeddingSize } = this.engine.inputs.spec.objective;
    const together = Math.min(this.most, Math.floor(this.keys.capacity / Math.max(1, maxTokens)));
    const texts: number[][] = [];
    for (let first = 0; first < interest.length; first += together * embeddingSize) {
      const some = interest.subarray(first, first + together * embeddingSize);
      texts.push(...(await this.decodeTogether(reader, some, maxTokens)));
    }
    return texts;
  }

  /** Queues everything that `decode` queues, for kernels to be compiled. */
  async rehearse(reader: SoftReader): Promise<void> {
    const text = { begin: 0, tokens: [] };
    await this.afterSoftTokens(reader, [text]);
    await this.afterNewest(reader, [{ ...text, tokens: [this.engine.inputs.config.eosId] }]);
  }

  private async decodeTogether(reader: SoftReader, interest: Float32Array, maxTokens: number): Promise<number[][]> {
    const { context, inputs, head } = this.engine;
    const { endIds } = inputs.config;
    const count = interest.length / inputs.spec.objective.embeddingSize;
    const texts = Array.from({ length: count }, (_, index): OpenText => ({ begin: index * maxTokens, tokens: [] }));
    let open: readonly OpenText[] = maxTokens > 0 ? texts : [];
    write(context.memory.device, head.h, interest);
    let logits = open.length > 0 ? await this.afterSoftTokens(reader, open) : [];
    for (let left = maxTokens; open.length > 0; left--) {
      open = open.filter(({ tokens }, place) => {
        const token = greedy(logits[place]!);
        if (endIds.includes(token)) return false;
        tokens.push(token);
        return left > 1;
      });
      if (open.length > 0) logits = await this.afterNewest(reader, open);
    }
    return texts.map(({ tokens }) => tokens);
  }

  /**
   * Logits of the first token of each text, from the embeddings in `head.h`; the soft tokens' keys are kept.
   */
  private async afterSoftTokens(reader: SoftReader, texts: readonly OpenText[]): Promise<Float32Array[]> {
    const { inputs, head, reconstruction } = this.engine;
    // The last token of a packed text is only predicted, so any will do.
    const packed = packTexts(texts.map(() => [inputs.config.eosId]));
    reconstruction.load(packed, Uint32Array.from(texts.keys()));
    this.keys.load(Uint32Array.from(texts, ({ begin }) => begin));
    reconstruction.forward(packed, texts.length, head.h, reader, { keys: this.keys, newest: false });
    return this.nextTokens.read(reconstruction.pass, packed);
  }

  /** Logits of the token after the last one of each text, whose earlier keys are kept. */
  private async afterNewest(reader: SoftReader, texts: readonly OpenText[]): Promise<Float32Array[]> {
    const { reconstruction } = this.engine;
    const packed: PassRows = newestRows(texts.map(({ tokens }) => ({ token: tokens.at(-1)!, position: tokens.length })));
    this.keys.load(Uint32Array.from(texts, ({ begin, tokens }) => begin + tokens.length));
    reconstruction.readOn(packed, reader, this.keys);
    return this.nextTokens.read(reconstruction.pass, packed);
  }
}
