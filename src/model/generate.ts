/** Text generation token by token: greedy, or drawn with temperature, top-k and nucleus. */
import type { KeyValueCache, OrtAdapter, OrtDecoder } from './ortSession';
import { takeFloats } from './ortSession';

/** What to continue. For a graph with `embeddings` input: `rows` [n, hidden] as they enter the first block. */
export type Prompt =
  | { readonly ids: readonly number[] }
  | {
      readonly rows: Float32Array;
      /** Tokens as they enter the first block: [ids, hidden]. */
      readonly embed: (ids: readonly number[]) => Promise<Float32Array>;
      /** A position that generated tokens do not attend; needs a graph with `cache`. */
      readonly hide?: number | null;
    };

export interface GenerateOptions {
  readonly maxTokens: number;
  /** Left out: greedy. */
  readonly sampling?: Sampling;
  /** Left out: the base model. */
  readonly adapter?: OrtAdapter;
  readonly onToken?: (id: number) => void;
  readonly signal?: AbortSignal;
}

/** Applied in this order, as transformers does. */
export interface Sampling {
  readonly temperature: number;
  /** The most likely tokens that are kept; 0 = all. */
  readonly topK: number;
  /** Smallest set of tokens whose probabilities reach this sum; 1 = all. */
  readonly topP: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds after which other tasks get a turn. */
const BREATH = 12;

/**
 * Ids that follow the prompt, the end left out. Stops at any of the model's ends, at `maxTokens` or where the graph's positions end.
 * With a graph built without `cache` every token reads the whole row again.
 * @throws RangeError on an empty prompt, ModelError when ONNX Runtime fails, the signal's reason when aborted.
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
      // ONNX Runtime on WebAssembly lets nothing else in, not even the message that calls this off.
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

/** Index of the largest logit; the first of equals. */
export function greedy(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i += 1) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/**
 * A draw from the softmax of logits / temperature, cut to the k largest (Fan et al., arXiv 1805.04833) and then to the nucleus of what is
 * left (Holtzman et al., arXiv 1904.09751). Of equal logits at the cut the first are kept; the draw goes through ids in order.
 */
export function draw(logits: Float32Array, { temperature, topK, topP, random }: Sampling): number {
  const descending = logits.slice().sort().reverse();
  const largest = descending[0]!;
  const weight = (logit: number): number => Math.exp((logit - largest) / temperature);
  const most = topK > 0 ? Math.min(topK, logits.length) : logits.length;
  let total = 0;
  for (let i = 0; i < most; i += 1) total += weight(descending[i]!);
  let count = 0;
  let kept = 0;
  while (count < most && (count === 0 || kept < topP * total)) {
    kept += weight(descending[count]!);
    count += 1;
  }
  const cut = descending[count - 1]!;
  let atCut = 0;
  for (let i = count - 1; i >= 0 && descending[i] === cut; i -= 1) atCut += 1;
  let rest = random() * kept;
  let last = 0;
  for (let id = 0; id < logits.length; id += 1) {
    const logit = logits[id]!;
    if (logit < cut || (logit === cut && atCut === 0)) continue;
    if (logit === cut) atCut -= 1;
    last = id;
    rest -= weight(logit);
    if (rest < 0) break;
  }
  return last;
}

/** All positions but the hidden one. */
function maskOf(prompt: Prompt, total: number): { readonly mask?: Uint8Array } {
  if ('ids' in prompt || prompt.hide == null) return {};
  const mask = new Uint8Array(total).fill(1);
  mask[prompt.hide] = 0;
  return { mask };
}

/** The row prompt + generated from position `start` on, as the graph wants it. */
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
