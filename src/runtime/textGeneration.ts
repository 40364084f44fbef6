/** Text of the base model and of arms, side by side: one session for all, released when nobody speaks for a while. */
import { forkRandom } from '../log/random';
import { itemBeginning, historyInWords, historyPrompt, testTargetOf, vocabularyRows } from '../experiment/textPrompt';
import type { Training } from '../experiment/stages/context';
import { loraOf, type TrainedArm } from '../engine/trainedArm';
import type { LoadedModel } from '../model/loadedModel';
import { generate, type GenerateOptions, type Prompt } from '../model/generate';
import type { LoraAdapter } from '../model/lora';
import type { OrtProvider } from '../model/ortProvider';
import { openDecoder, type OrtDecoder } from '../model/ortSession';
import { BASE_MODEL, type TextEvent, type TextRequest } from '../record/generation';
import type { RunSpec } from '../recipe/runSpec';

/** Who speaks, and what their prompts are made of. */
export interface TextInputs {
  readonly model: LoadedModel;
  readonly provider: OrtProvider;
  readonly spec: RunSpec;
  readonly arms: readonly TrainedArm[];
  /** Asked for when a history is to be continued. */
  readonly history: () => Promise<Omit<Training, 'read'>>;
}

interface OpenSession {
  readonly model: LoadedModel;
  readonly provider: OrtProvider;
  /** Of the graph's LoRA inputs. */
  readonly shape: string;
  readonly decoder: OrtDecoder;
}

interface Prepared {
  readonly words: string;
  readonly target: string | null;
  /** Under an arm's parameters, or (null) the base model's. */
  readonly of: (arm: TrainedArm | null) => Promise<Prompt>;
}

export class TextGeneration {
  #open: OpenSession | null = null;
  #speaking: AbortController | null = null;
  #done: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param explain a failure in one or two sentences
   * @param idle milliseconds without a word after which the session goes
   */
  constructor(
    private readonly emit: (event: TextEvent) => void,
    private readonly explain: (error: unknown) => string,
    private readonly idle = 30_000,
  ) {}

  /** Lets all speak at once, in turns of a few tokens. What was being said before is called off. Reports failures as events. */
  async speak(request: TextRequest, prepare: () => Promise<TextInputs>): Promise<void> {
    this.cancel();
    const controller = new AbortController();
    this.#speaking = controller;
    const before = this.#done;
    const mine = before.then(() => this.#speak(request, prepare, controller));
    this.#done = mine;
    await mine;
  }

  cancel(): void {
    this.#speaking?.abort();
  }

  /** Calls off what is being said and frees the session. */
  async release(): Promise<void> {
    this.cancel();
    await this.#done;
    await this.#close();
  }

  async #speak(request: TextRequest, prepare: () => Promise<TextInputs>, controller: AbortController): Promise<void> {
    const { id } = request;
    const { signal } = controller;
    clearTimeout(this.#timer);
    const start = performance.now();
    try {
      signal.throwIfAborted();
      const inputs = await prepare();
      const prompt = await prepared(request, inputs);
      const decoder = await this.#session(inputs);
      signal.throwIfAborted();
      const speakers = [null, ...inputs.arms];
      const listed = speakers.map((arm) => ({
        id: arm?.spec.id ?? BASE_MODEL,
        label: arm?.spec.label ?? 'Base model',
        step: arm?.step ?? 0,
      }));
      this.emit({ type: 'text-started', id, prompt: prompt.words, target: prompt.target, speakers: listed });
      const work = speakers.map((arm) => this.#one(request, inputs, decoder, prompt, arm, signal));
      // The others stop at the next token, before anything is freed.
      for (const one of work)
        one.catch(() => {
          controller.abort();
        });
      const ends = await Promise.allSettled(work);
      const failed = ends.find((end) => end.status === 'rejected' && !isAbort(end.reason));
      if (failed?.status === 'rejected') throw failed.reason;
      this.emit({ type: 'text-ended', id, seconds: (performance.now() - start) / 1000 });
    } catch (error) {
      if (isAbort(error)) this.emit({ type: 'text-ended', id, seconds: (performance.now() - start) / 1000 });
      else this.emit({ type: 'text-failed', id, message: this.explain(error) });
    } finally {
      if (this.#speaking === controller) this.#speaking = null;
      this.#timer = setTimeout(() => void this.#close(), this.idle);
    }
  }

  async #one(
    request: TextRequest,
    { model }: TextInputs,
    decoder: OrtDecoder,
    prompt: Prepared,
    arm: TrainedArm | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { id, sampling, maxTokens } = request;
    const adapter = arm === null ? undefined : decoder.adapter(loraOf(arm));
    const tokens: number[] = [];
    // Every speaker draws the same numbers.
    const draws = forkRandom(sampling.seed, 'text');
    const options: GenerateOptions = {
      maxTokens,
      signal,
      ...(sampling.temperature > 0 && { sampling: { ...sampling, random: () => draws.uniform() } }),
      ...(adapter && { adapter }),
      onToken: (token) => {
        tokens.push(token);
        const text = model.tokenizer.decode(tokens);
        this.emit({ type: 'text-grown', id, speaker: arm?.spec.id ?? BASE_MODEL, text, tokens: tokens.length });
      },
    };
    try {
      await generate(decoder, await prompt.of(arm), options);
    } finally {
      adapter?.dispose();
    }
  }

  /** The open session if it still fits, else a fresh one. */
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

/** What a prompt is for every speaker. @throws RangeError when there is nothing to continue. */
async function prepared({ prompt }: TextRequest, { model, spec, history }: TextInputs): Promise<Prepared> {
  const embed = (ids: readonly number[]): Promise<Float32Array> => vocabularyRows(model, ids);
  if (prompt.kind !== 'history') {
    const text = prompt.kind === 'item' ? itemBeginning(prompt.title, spec.data.itemTemplate) : prompt.text;
    const ids = [model.config.bosId, ...model.tokenizer.encode(text)];
    const rows = await embed(ids);
    return { words: `[BOS] ${text}`, target: null, of: () => Promise.resolve({ rows, embed }) };
  }
  const { data, features, initial } = await history();
  const target = testTargetOf(data, prompt.user);
  const example = data.exampleFor(target);
  const inputs = { features, titleTokens: data.titleTokens, objective: spec.objective };
  return {
    words: historyInWords(data, example, model.tokenizer),
    target: model.tokenizer.decode(example.text),
    of: async (arm) => ({ ...(await historyPrompt(model, inputs, example, arm ?? initial)), embed }),
  };
}

function shapeOf(lora: LoraAdapter | null): string {
  return lora === null ? 'base' : JSON.stringify([lora.scale, lora.pairs.map(({ layer, role }) => [layer, role])]);
}

function sameProvider(a: OrtProvider, b: OrtProvider): boolean {
  return a.name === 'webgpu' ? b.name === 'webgpu' && a.device === b.device : b.name === 'wasm';
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
