/**
 * Probe histories: a seeded choice of test histories of one length, the same for the base model, every arm
 * and every step.
 */
import { forkRandom } from '../../log/random';
import type { InteractionLog, Target } from '../../log/types';
import { itemRows, packHistories, promptRows, type EncodedExample, type PackOptions } from '../../engine/decoder/sequence';
import { permutation, PERMUTATIONS } from '../../measures/sinks/contentTest';
import type { ProbePositions } from '../../measures/sinks/sinks';
import type { TextTokenizer } from '../../model/decoderConfig';
import type { Probe } from '../../record/runRecord';
import type { PreparedData } from './preparedData';
import { shownText } from '../../recipe/texts';

export interface Probes {
  readonly targets: readonly Target[];
  /** Without query tokens, so that all have the same layout. */
  readonly examples: readonly EncodedExample[];
  readonly positions: readonly ProbePositions[];
  readonly described: readonly Probe[];
  /** The same histories with their items in other, seeded orders; one entry per permutation. */
  readonly permuted: readonly PermutedProbes[];
  /** Positions of each in attention maps: T. */
  readonly length: number;
  /** Rows of each, of which items have several in the `semantic` interface. */
  readonly rows: number;
}

export interface PermutedProbes {
  readonly examples: readonly EncodedExample[];
  readonly itemPositions: readonly (readonly number[])[];
}

/**
 * Attention statistics depend on T, so all probes have one length: the longest that enough test histories
 * have, else the most common one.
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
  const [rows, group] = enough ?? [...lengths].sort(([, a], [, b]) => b.length - a.length)[0]!;
  const targets = group.slice(0, wanted);
  const examples = targets.map((target) => withoutQuery(data.exampleFor(target)));
  const length = rows - (itemRows(options.codes) - 1) * examples[0]!.history.length;
  const placed = (some: readonly EncodedExample[]): readonly (readonly number[])[] =>
    some.map((one) => shownPositions(one, options));
  const positions = placed(examples).map((itemPositions) => ({ itemPositions, embPosition: length - 1 }));
  const described = targets.map((target, index) => {
    return {
      user: shownText(data.log.users.at(target.user)),
      labels: historyLabels(data.log, examples[index]!, options, tokenizer),
      itemPositions: [...positions[index]!.itemPositions],
      target: data.log.items.titleOf(examples[index]!.target),
    };
  });
  const permuted = Array.from({ length: PERMUTATIONS }, (_, which): PermutedProbes => {
    const others = examples.map((example, probe) => {
      const order = permutation(example.history.length, seed, probe, which);
      return order === null ? example : { ...example, history: Array.from(order, (item) => example.history[item]!) };
    });
    return { examples: others, itemPositions: placed(others) };
  });
  return { targets, examples, positions, described, permuted, length, rows };
}

/**
 * Where the items of a history are in its attention map, in which an item of several codes is one position.
 */
export function shownPositions(example: EncodedExample, options: PackOptions): readonly number[] {
  // [BOS] comes before the items.
  if (options.codes) return Array.from(example.history, (_, item) => 1 + item);
  return packHistories([example], { ...options, positions: 'last' }).itemPositions[0]!;
}

/** One label for each position of `[BOS] items ([QUERY] query) [EMB]`. */
export function historyLabels(
  { items }: Pick<InteractionLog, 'items'>,
  { history, query }: EncodedExample,
  { itemInterface, titleTokens }: Pick<PackOptions, 'itemInterface' | 'titleTokens'>,
  tokenizer: TextTokenizer,
): string[] {
  const words = (tokens: readonly number[]): string[] => tokens.map((token) => tokenizer.decode([token]));
  return [
    '[BOS]',
    ...history.flatMap((item) => [...(itemInterface === 'text' ? words(titleTokens.at(item) ?? []) : []), items.titleOf(item)]),
    ...(query.length > 0 ? ['[QUERY]', ...words(query)] : []),
    '[EMB]',
  ];
}

function withoutQuery(example: EncodedExample): EncodedExample {
  return { ...example, query: [] };
}
