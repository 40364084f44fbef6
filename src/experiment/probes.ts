/** Probe histories: a seeded choice of test histories of one length, the same for the base model, every arm and every step. */
import { forkRandom } from '../data/random';
import type { Target } from '../data/types';
import { packHistories, promptRows, type EncodedExample, type PackOptions } from '../engine/sequence';
import type { ProbePositions } from '../evaluation/sinks';
import type { TextTokenizer } from '../model/decoderConfig';
import type { Probe } from '../spec/runRecord';
import type { PreparedData } from './preparedData';

export interface Probes {
  readonly targets: readonly Target[];
  /** Without query tokens, so that all have the same layout. */
  readonly examples: readonly EncodedExample[];
  readonly positions: readonly ProbePositions[];
  readonly described: readonly Probe[];
  /** Rows of each: T. */
  readonly length: number;
}

/**
 * Attention statistics depend on T, so all probes have one length: the longest of the lengths that enough test histories have,
 * else the most common one.
 */
export function chooseProbes(
  data: PreparedData,
  wanted: number,
  seed: number,
  options: PackOptions,
  tokenizer: TextTokenizer,
): Probes {
  const byLength = new Map<number, Target[]>();
  for (const target of forkRandom(seed, 'probes').shuffle([...data.split.test])) {
    const length = promptRows(withoutQuery(data.exampleFor(target)), options);
    const known = byLength.get(length);
    if (known === undefined) byLength.set(length, [target]);
    else known.push(target);
  }
  const lengths = [...byLength].sort(([a], [b]) => b - a);
  const enough = lengths.find(([, targets]) => targets.length >= wanted);
  const [length, group] = enough ?? [...lengths].sort(([, a], [, b]) => b.length - a.length)[0]!;
  const targets = group.slice(0, wanted);
  const examples = targets.map((target) => withoutQuery(data.exampleFor(target)));
  const packed = packHistories(examples, { ...options, positions: 'last' });
  const positions = packed.itemPositions.map((itemPositions) => ({ itemPositions, embPosition: length - 1 }));
  const described = targets.map((target, index) => {
    const { history } = examples[index]!;
    const labels = ['[BOS]'];
    history.forEach((item) => {
      if (options.itemInterface === 'text')
        labels.push(...(options.titleTokens[item] ?? []).map((token) => tokenizer.decode([token])));
      labels.push(data.log.items[item]!.title);
    });
    labels.push('[EMB]');
    return {
      user: data.log.users[target.user]!.id,
      labels,
      itemPositions: [...packed.itemPositions[index]!],
      target: data.log.items[examples[index]!.target]!.title,
    };
  });
  return { targets, examples, positions, described, length };
}

function withoutQuery(example: EncodedExample): EncodedExample {
  return { ...example, query: [] };
}
