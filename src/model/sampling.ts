/** The next token from its logits: the likeliest, or drawn with temperature, top-k and nucleus. Pure. */
/** Applied in this order, as transformers does. */
export interface Sampling {
  readonly temperature: number;
  /** Number of most likely tokens kept; 0 = all. */
  readonly topK: number;
  /** Smallest set of tokens whose probabilities reach this sum; 1 = all. */
  readonly topP: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Index of the largest logit; the first in a tie. */
export function greedy(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i += 1) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/**
 * A draw from the softmax of logits / temperature, cut to the k largest (Fan et al., arXiv 1805.04833) and
 * then to the nucleus of what is left (Holtzman et al., arXiv 1904.09751). Of equal logits at the cut, the
 * first are kept; the draw goes through IDs in order.
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
