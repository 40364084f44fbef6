/** Text of the base model and of arms, side by side: one session for all, released when idle for a while. */
import { forkRandom } from '../../log/random';
import { loraOf, type TrainedArm } from '../../engine/trainedArm';
import type { LoadedModel } from '../../model/loadedModel';
import { generate, type GenerateOptions } from '../../model/generate';
import type { LoraAdapter } from '../../model/lora';
import type { OrtProvider } from '../../model/ortProvider';
import { openDecoder, type OrtDecoder } from '../../model/ortSession';
import { BASE_MODEL, type TextPart, type TextRequest } from '../../record/generation';
import type { ModelQuery, TextQuestions } from '../protocol';
import { calledOff, isCalledOff, type Asking } from '../rpc/messages';
import { askedOf } from './asked';
import { prepared, type Prepared, type TextInputs } from './textPrompts';
import { t } from '../../words/words';

interface OpenSession {
  readonly model: LoadedModel;
  readonly provider: OrtProvider;
  /** Key of the shapes of the graph's LoRA inputs. */
  readonly shape: string;
  readonly decoder: OrtDecoder;
}

export class TextService implements TextQuestions {
  #open: OpenSession | null = null;
  #speaking: AbortController | null = null;
  #done: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param prepare returns the models that generate
   * @param idle milliseconds without a request after which the session is released
   */
  constructor(
    private readonly prepare: (asked: ModelQuery) => Promise<TextInputs>,
    private readonly idle = 30_000,
  ) {}

  /**
   * Lets all models generate concurrently, in turns of a few tokens. An earlier request is cancelled.
   * @returns seconds. @throws an AbortError when cancelled, RangeError when there is nothing to continue, and
   * what the model throws
   */
  async speak({ request, ...asked }: Parameters<TextQuestions['speak']>[0], { signal, tell }: Asking<TextPart>): Promise<number> {
    this.cancel();
    const controller = new AbortController();
    signal.addEventListener('abort', () => {
      controller.abort();
    });
    this.#speaking = controller;
    const mine = this.#done.then(() => this.#speak(request, askedOf(asked), { signal: controller.signal, tell }));
    this.#done = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      if (this.#speaking === controller) this.#speaking = null;
    }
  }

  cancel(): void {
    this.#speaking?.abort(calledOff());
  }

  /** Cancels the current request and frees the session. */
  async release(): Promise<void> {
    this.cancel();
    await this.#done;
    await this.#close();
  }

  async #speak(request: TextRequest, asked: ModelQuery, { signal, tell }: Asking<TextPart>): Promise<number> {
    clearTimeout(this.#timer);
    const start = performance.now();
    try {
      signal.throwIfAborted();
      const inputs = await this.prepare(asked);
      const prompt = await prepared(request, inputs);
      const decoder = await this.#session(inputs);
      signal.throwIfAborted();
      const speakers = [null, ...inputs.arms];
      const listed = speakers.map((arm) => ({
        id: arm?.spec.id ?? BASE_MODEL,
        label: arm?.spec.label ?? t('Base model'),
        step: arm?.step ?? 0,
      }));
      tell({ type: 'started', prompt: prompt.words, target: prompt.target, speakers: listed });
      // If one fails, the others stop at the next token, before anything is freed.
      const broken = new AbortController();
      const asking = { signal: AbortSignal.any([signal, broken.signal]), tell };
      const work = speakers.map((arm) => this.#one(request, inputs, decoder, prompt, arm, asking));
      for (const one of work)
        one.catch(() => {
          broken.abort();
        });
      const ends = await Promise.allSettled(work);
      signal.throwIfAborted();
      const failed = ends.find((end) => end.status === 'rejected' && !isCalledOff(end.reason));
      if (failed?.status === 'rejected') throw failed.reason;
      return (performance.now() - start) / 1000;
    } finally {
      this.#timer = setTimeout(() => void this.#close(), this.idle);
    }
  }

  async #one(
    request: TextRequest,
    { model }: TextInputs,
    decoder: OrtDecoder,
    prompt: Prepared,
    arm: TrainedArm | null,
    { signal, tell }: Asking<TextPart>,
  ): Promise<void> {
    const { sampling, maxTokens } = request;
    const adapter = arm === null ? undefined : decoder.adapter(loraOf(arm));
    const tokens: number[] = [];
    // Every speaker draws the same random numbers.
    const draws = forkRandom(sampling.seed, 'text');
    const options: GenerateOptions = {
      maxTokens,
      signal,
      ...(sampling.temperature > 0 && { sampling: { ...sampling, random: () => draws.uniform() } }),
      ...(adapter && { adapter }),
      onToken: (token) => {
        tokens.push(token);
        const text = model.tokenizer.decode(tokens);
        tell({ type: 'grown', speaker: arm?.spec.id ?? BASE_MODEL, text, tokens: tokens.length });
      },
    };
    try {
      await generate(decoder, await prompt.of(arm), options);
    } finally {
      adapter?.dispose();
    }
  }

  /** The open session if it still fits, else a new one. */
  async #session({ model, provider, arms }: TextInputs): Promise<OrtDecoder> {
    const lora = arms[0] === undefined ? null : loraOf(arms[0]);
    const shape = shapeOf(lora);
    const open = this.#open;
    if (open?.model === model && sameProvider(open.provider, provider) && open.shape === shape) return open.decoder;
    await this.#close();
    const decoder = await openDecoder(
      model,
      {
        input: 'embeddings',
        outputs: ['logits'],
        cache: true,
        lastOnly: true,
        ...(lora && { lora: { scale: lora.scale, places: lora.pairs.map(({ layer, role }) => ({ layer, role })) } }),
      },
      provider,
    );
    this.#open = { model, provider, shape, decoder };
    return decoder;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    const open = this.#open;
    this.#open = null;
    await open?.decoder.release();
  }
}

function shapeOf(lora: LoraAdapter | null): string {
  return lora === null ? 'base' : JSON.stringify([lora.scale, lora.pairs.map(({ layer, role }) => [layer, role])]);
}

function sameProvider(a: OrtProvider, b: OrtProvider): boolean {
  return a.name === 'webgpu' ? b.name === 'webgpu' && a.device === b.device : b.name === 'wasm';
}
