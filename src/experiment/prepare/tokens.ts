/** Tokenised texts of a log: of its items all at once, of its queries on demand. */
import { itemText, queryText } from '../../log/itemText';
import type { Catalogue } from '../../log/catalogue';
import type { InteractionLog } from '../../log/types';
import type { LoadedModel } from '../../model/loadedModel';
import type { RunSpec } from '../../recipe/runSpec';
import { TokenLists } from './tokenLists';
import { inSlices, type SliceOptions } from './slices';

type Model = Pick<LoadedModel, 'config' | 'tokenizer'>;

/** Maximum number of query tokens in a prompt; the rest of a longer query is left out. */
export const MAX_QUERY_TOKENS = 12;
/**
 * Maximum number of distinct queries tokenised to find the longest; a log with more is assumed to have one of
 * maximum length.
 */
const MOST_QUERIES = 20_000;

export interface TokenizedItems {
  /** y of every item, ending with EOS. */
  readonly texts: TokenLists;
  /** The text of every item in a history; empty in the `token` interface, where histories contain no text. */
  readonly titleTokens: TokenLists;
}

/**
 * What was last tokenised of a catalogue: the next run, or the next cell of a grid, mostly reads the same
 * texts.
 */
const lastOf = new WeakMap<
  Catalogue,
  { readonly tokenizer: Model['tokenizer']; readonly key: string; readonly tokens: TokenizedItems }
>();

/** @throws the signal's reason when aborted */
export async function tokeniseItems(
  items: Catalogue,
  model: Model,
  spec: Pick<RunSpec, 'data' | 'objective'>,
  options: SliceOptions = {},
): Promise<TokenizedItems> {
  const { itemTemplate, historyTemplate } = spec.data;
  const { maxTextTokens, maxTitleTokens, itemInterface } = spec.objective;
  const token = itemInterface === 'token';
  const key = JSON.stringify([model.config.eosId, itemTemplate, historyTemplate, maxTextTokens, maxTitleTokens, token]);
  const last = lastOf.get(items);
  if (last?.tokenizer === model.tokenizer && last.key === key) return last.tokens;
  const tokens = await tokeniseAll(items, model, spec, options);
  lastOf.set(items, { tokenizer: model.tokenizer, key, tokens });
  return tokens;
}

async function tokeniseAll(
  items: Catalogue,
  { config, tokenizer }: Model,
  { data, objective }: Pick<RunSpec, 'data' | 'objective'>,
  options: SliceOptions,
): Promise<TokenizedItems> {
  const texts = new TokenLists();
  const titleTokens = new TokenLists();
  const tokenise = (index: number): void => {
    const item = items.at(index);
    const text = tokenizer.encode(itemText(item, data.itemTemplate)).slice(0, objective.maxTextTokens - 1);
    texts.push([...text, config.eosId]);
    if (objective.itemInterface === 'token') return;
    titleTokens.push(tokenizer.encode(` ${itemText(item, data.historyTemplate)}`).slice(0, objective.maxTitleTokens));
  };
  await inSlices(items.length, tokenise, options);
  return { texts, titleTokens };
}

const NONE: readonly number[] = [];

export class QueryTokens {
  private readonly known = new Map<string, readonly number[]>();

  constructor(
    private readonly tokenizer: Model['tokenizer'],
    private readonly spec: Pick<RunSpec, 'data' | 'objective'>,
  ) {}

  /** Tokens of a query in the prompt; none if there is no query, or the recipe leaves queries out. */
  of(query: string): readonly number[] {
    if (query === '' || !this.spec.objective.useQuery) return NONE;
    const known = this.known.get(query);
    if (known !== undefined) return known;
    const text = queryText(query, this.spec.data.queryTemplate);
    const tokens = this.tokenizer.encode(` ${text}`).slice(0, MAX_QUERY_TOKENS);
    this.known.set(query, tokens);
    return tokens;
  }

  /** Length of the log's longest query, in tokens. */
  longest(log: InteractionLog): number {
    if (!this.spec.objective.useQuery) return 0;
    let most = 0;
    for (const query of log.events.columns.queries) {
      if (most === MAX_QUERY_TOKENS || this.known.size >= MOST_QUERIES) return MAX_QUERY_TOKENS;
      most = Math.max(most, this.of(query).length);
    }
    return most;
  }
}
