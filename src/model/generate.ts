/** Text generation token by token, greedy or sampled. */
import type { KeyValueCache, OrtAdapter, OrtDecoder } from './ortSession';
import { takeFloats } from './ortSession';
import { draw, greedy, type Sampling } from './sampling';

/**
 * What to continue. For a graph with `embeddings` input: `rows` [n, hidden] as they enter the first block.
 */
export type Prompt =
  | { readonly ids: readonly number[] }
  | {
      readonly rows: Float32Array;
      /** Tokens as they enter the first block: [ids, hidden]. */
      readonly embed: (ids: readonly number[]) => Promise<Float32Array>;
      /** A position that generated tokens do not attend to; needs a graph with `cache`. */
      readonly hide?: number | null;
    };

export interface GenerateOptions {
  readonly maxTokens: number;
  /** Default: greedy. */
  readonly sampling?: Sampling;
  /** Default: the base model. */
  readonly adapter?: OrtAdapter;
  readonly onToken?: (id: number) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds after which other tasks get a turn. */
const BREATH = 12;

/**
 * IDs that follow the prompt, without the end token. Stops at any of the model's end tokens, at `maxTokens`,
 * or where the graph's positions end. With a graph built without `cache`, every token reads the whole row
 * again.
 * @throws RangeError on an empty prompt, ModelError when ONNX Runtime fails, the signal's reason when
 * aborted.
 */
export async function generate(decoder: OrtDecoder, prompt: Prompt, options: GenerateOptions): Promise<number[]> {
  const { hidden, vocabulary, endIds } = decoder.config;
  const { adapter, sampling, signal } = options;
  const length = 'ids' in prompt ? prompt.ids.length : prompt.rows.length / hidden;
  if (length === 0) throw new RangeError('There is nothing to continue: the prompt is empty.');
  const generated: number[] = [];
  let cache: KeyValueCache | undefined;
  let breath = performance.now();
  try {
    while (generated.length < options.maxTokens && length + generated.length <= decoder.positions) {
      // ONNX Runtime on WebAssembly lets nothing else run, not even the message that cancels this.
      if (performance.now() - breath > BREATH) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        breath = performance.now();
      }
      signal?.throwIfAborted();
      const start = cache?.length ?? 0;
      const outputs = await decoder.run({
        batch: 1,
        length: length + generated.length - start,
        tokens: await rowFrom(prompt, generated, start, hidden),
        ...(start > 0 && maskOf(prompt, length + generated.length)),
        ...(adapter && { adapter }),
        ...(cache && { past: cache }),
      });
      cache?.dispose();
      cache = outputs.cache;
      const logits = (await takeFloats(outputs.logits)).subarray(-vocabulary);
      const id = sampling === undefined ? greedy(logits) : draw(logits, sampling);
      if (endIds.includes(id)) break;
      generated.push(id);
      options.onToken?.(id);
    }
  } finally {
    cache?.dispose();
  }
  return generated;
}

/** All positions but the hidden one. */
function maskOf(prompt: Prompt, total: number): { readonly mask?: Uint8Array } {
  if ('ids' in prompt || prompt.hide == null) return {};
  const mask = new Uint8Array(total).fill(1);
  mask[prompt.hide] = 0;
  return { mask };
}

/** The row prompt + generated from position `start` on, as the graph expects it. */
async function rowFrom(prompt: Prompt, generated: readonly number[], start: number, hidden: number) {
  if ('ids' in prompt) return { ids: [...prompt.ids, ...generated].slice(start) };
  const { rows, embed } = prompt;
  const given = rows.length / hidden;
  const told = generated.slice(Math.max(0, start - given));
  const embeddings = new Float32Array(Math.max(0, given - start) * hidden + told.length * hidden);
  embeddings.set(rows.subarray(start * hidden));
  if (told.length > 0) embeddings.set(await embed(told), embeddings.length - told.length * hidden);
  return { embeddings };
}
