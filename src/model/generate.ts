/** Text generation token by token, greedy or by nucleus sampling. */
import type { KeyValueCache, OrtDecoder } from './ortSession';
import { takeFloats } from './ortSession';

/** What to continue. `rows` is [n, hidden] for a graph with `embeddings` input, `table` the token embedding [vocabulary, hidden]. */
export type Prompt = { readonly ids: readonly number[] } | { readonly rows: Float32Array; readonly table: Float32Array };

export interface GenerateOptions {
  readonly maxTokens: number;
  /** Left out: greedy. */
  readonly sampling?: Sampling;
  readonly onToken?: (id: number) => void;
  readonly signal?: AbortSignal;
}

export interface Sampling {
  /** Smallest set of tokens whose probabilities reach this sum; 1 = all. */
  readonly topP: number;
  readonly temperature: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Ids that follow the prompt, end-of-sequence left out. Stops at EOS, at `maxTokens` or where the graph's positions end.
 * With a graph built without `cache` every token reads the whole row again.
 * @throws RangeError on an empty prompt, ModelError when ONNX Runtime fails, the signal's reason when aborted.
 */
export async function generate(decoder: OrtDecoder, prompt: Prompt, options: GenerateOptions): Promise<number[]> {
  const { hidden, vocabulary, eosId } = decoder.config;
  const length = 'ids' in prompt ? prompt.ids.length : prompt.rows.length / hidden;
  if (length === 0) throw new RangeError('There is nothing to continue: the prompt is empty.');
  const generated: number[] = [];
  let cache: KeyValueCache | undefined;
  try {
    while (generated.length < options.maxTokens && length + generated.length <= decoder.positions) {
      options.signal?.throwIfAborted();
      const tokens = rowFrom(prompt, generated, cache?.length ?? 0, hidden);
      const outputs = await decoder.run({
        batch: 1,
        length: length + generated.length - (cache?.length ?? 0),
        tokens,
        ...(cache && { past: cache }),
      });
      cache?.dispose();
      cache = outputs.cache;
      const logits = (await takeFloats(outputs.logits)).subarray(-vocabulary);
      const id = options.sampling === undefined ? greedy(logits) : nucleus(logits, options.sampling);
      if (id === eosId) break;
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

/** A draw from the softmax of logits / temperature, cut to its nucleus (Holtzman et al., arXiv 1904.09751). */
export function nucleus(logits: Float32Array, { topP, temperature, random }: Sampling): number {
  const largest = logits[greedy(logits)]!;
  const weights = Array.from(logits, (logit, id) => ({ id, weight: Math.exp((logit - largest) / temperature) }));
  weights.sort((a, b) => b.weight - a.weight);
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  let kept = 0;
  let count = 0;
  while (count < weights.length && (count === 0 || kept < topP * total)) {
    kept += weights[count]!.weight;
    count += 1;
  }
  let rest = random() * kept;
  for (const { id, weight } of weights.slice(0, count)) {
    rest -= weight;
    if (rest < 0) return id;
  }
  return weights[count - 1]!.id;
}

/** The row prompt + generated from position `start` on, as the graph wants it. */
function rowFrom(prompt: Prompt, generated: readonly number[], start: number, hidden: number) {
  if ('ids' in prompt) return { ids: [...prompt.ids, ...generated].slice(start) };
  const { rows, table } = prompt;
  const embeddings = new Float32Array(rows.length + generated.length * hidden);
  embeddings.set(rows);
  generated.forEach((id, i) => {
    embeddings.set(table.subarray(id * hidden, (id + 1) * hidden), rows.length + i * hidden);
  });
  return { embeddings: embeddings.subarray(start * hidden) };
}
