/** A log made ready for the engine: split, tokenised texts and titles, encoded examples. */
import { itemText, queryText } from '../data/itemText';
import { createBatchSampler, exampleForTarget, type TrainingExample } from '../data/sampling';
import { historyEnd, type InteractionLog, type Split, type Target } from '../data/types';
import type { EncodedExample } from '../engine/sequence';
import type { LoadedModel } from '../model/decoderConfig';
import type { ArmSpec, RunSpec } from '../spec/runSpec';

/** Query tokens that enter a prompt; the rest of a longer query is left out. */
export const MAX_QUERY_TOKENS = 12;
/** Exposed items of one event that serve as negatives; the rest of a longer list is left out. */
export const MAX_EXPOSED = 32;

export interface PreparedData {
  readonly log: InteractionLog;
  readonly split: Split;
  /** y of every item (EOS last) and its text inside a history, in tokens. */
  readonly texts: readonly (readonly number[])[];
  readonly titleTokens: readonly (readonly number[])[];
  readonly maxQueryTokens: number;
  readonly maxExposed: number;
  /** Users that can be trained on. */
  readonly users: number;
  /** The batch of a step for an arm; arms differ only in whose text y is. */
  batch(step: number, arm: ArmSpec): EncodedExample[];
  /** The example that predicts a target from all that came before it. */
  exampleFor(target: Target): EncodedExample;
  /** Items of the user's events before the target. */
  historyOf(target: Target): number[];
}

/** @throws RangeError when the log has no user to train on. */
export function prepareData(
  log: InteractionLog,
  split: Split,
  model: Pick<LoadedModel, 'config' | 'tokenizer'>,
  spec: RunSpec,
): PreparedData {
  const { objective, training, data, seed } = spec;
  const { tokenizer, config } = model;
  const sampler = createBatchSampler(log, split, { seed, batchSize: training.batchSize, maxHistory: objective.maxHistory });
  const texts = log.items.map((item) => [
    ...tokenizer.encode(itemText(item, data.itemTemplate)).slice(0, objective.maxTextTokens - 1),
    config.eosId,
  ]);
  const titleTokens = log.items.map((item) =>
    tokenizer.encode(` ${itemText(item, data.historyTemplate)}`).slice(0, objective.maxTitleTokens),
  );
  const queries = new Map<string, number[]>();
  const queryTokens = (query: string): number[] => {
    if (!objective.useQuery || query === '') return [];
    const known = queries.get(query);
    if (known !== undefined) return known;
    const tokens = tokenizer.encode(` ${queryText(query, data.queryTemplate)}`).slice(0, MAX_QUERY_TOKENS);
    queries.set(query, tokens);
    return tokens;
  };
  const encode = (example: TrainingExample): EncodedExample => ({
    history: example.history,
    target: example.target,
    query: queryTokens(example.query),
    text: texts[example.textItem]!,
    exposed: example.exposed.slice(0, MAX_EXPOSED),
  });
  let maxQueryTokens = 0;
  let maxExposed = 0;
  for (const user of log.users) {
    for (const event of user.events) {
      maxQueryTokens = Math.max(maxQueryTokens, queryTokens(event.query).length);
      maxExposed = Math.max(maxExposed, Math.min(MAX_EXPOSED, event.exposed.length));
    }
  }
  return {
    log,
    split,
    texts,
    titleTokens,
    maxQueryTokens,
    maxExposed,
    users: sampler.users,
    batch: (step, arm) => sampler.sampleBatch(step, arm.shuffledText).map(encode),
    exampleFor: (target) => encode(exampleForTarget(log, target, objective.maxHistory)),
    historyOf: (target) => log.users[target.user]!.events.slice(0, historyEnd(log, target)).map(({ item }) => item),
  };
}
