/**
 * Titles that the base model knows by heart: their NLL against that of the same words in other orders.
 * Definition: docs/formats.md.
 */
import { BaseModel } from '../../engine/decoder/baseModel';
import type { Gpu } from '../../gpu/device';
import { NAMED, share, type AuditFinding } from '../../log/audit/check';
import { SHUFFLES, type TitleTrial } from '../../log/audit/titleTrials';
import type { LoadedModel } from '../../model/loadedModel';
import type { RunSpec } from '../../recipe/runSpec';
import { logSumExp } from '../../statistics/logSumExp';
import { meanInterval } from '../../statistics/statistics';
import { t } from '../../words/words';

/** Maximum number of tokens read of a text. */
const MOST_TOKENS = 64;
/** Nats per token below which a title that beats all its other orders counts as known. */
const KNOWN = 1;
/** Share of known titles from which the audit reports them. */
const MUCH = 0.05;

/** NLL of a text after [BOS]: the sum over its tokens, and their number. */
export interface TextNll {
  readonly nll: number;
  readonly tokens: number;
}

export interface TitleNlls {
  readonly title: TextNll;
  readonly shuffled: readonly TextNll[];
}

interface ReadingOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** @throws as `BaseModel.create`; the signal's reason when aborted */
export async function titleNlls(
  gpu: Gpu,
  { config, weights, tokenizer }: Pick<LoadedModel, 'config' | 'weights' | 'tokenizer'>,
  trials: readonly TitleTrial[],
  { precision }: Pick<RunSpec['model'], 'precision'>,
  { onProgress = () => undefined, signal }: ReadingOptions = {},
): Promise<TitleNlls[]> {
  const encode = (text: string): number[] => tokenizer.encode(text).slice(0, MOST_TOKENS);
  const base = await BaseModel.create(
    gpu,
    { config, weights },
    { capacity: MOST_TOKENS, precision: precision === 'auto' ? 'f32' : precision },
  );
  try {
    const read: TitleNlls[] = [];
    for (const { title, shuffled } of trials) {
      signal?.throwIfAborted();
      const nlls: TextNll[] = [];
      for (const text of [title, ...shuffled]) nlls.push(await nllOf(base, config, encode(text)));
      read.push({ title: nlls[0]!, shuffled: nlls.slice(1) });
      onProgress(read.length, trials.length);
    }
    return read;
  } finally {
    base.destroy();
  }
}

async function nllOf(base: BaseModel, { bosId, vocabulary }: LoadedModel['config'], text: readonly number[]): Promise<TextNll> {
  if (text.length === 0) return { nll: 0, tokens: 0 };
  const logits = await base.logits([bosId, ...text.slice(0, -1)]);
  let nll = 0;
  text.forEach((token, row) => {
    const scores = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    nll += logSumExp(scores) - scores[token]!;
  });
  return { nll, tokens: text.length };
}

/**
 * The audit's finding; null if no title has three different words.
 * @param nlls of the trials, in order
 */
export function knownTitles(trials: readonly TitleTrial[], nlls: readonly TitleNlls[], model: string): AuditFinding | null {
  if (trials.length === 0) return null;
  const first = ({ title, shuffled }: TitleNlls): boolean => shuffled.every(({ nll }) => title.nll < nll);
  const known = trials.filter((_, at) => first(nlls[at]!) && nlls[at]!.title.nll < KNOWN * nlls[at]!.title.tokens);
  const ordered = nlls.filter(first).length;
  const gaps = nlls.map(({ title, shuffled }) => {
    const other = shuffled.reduce((sum, { nll }) => sum + nll, 0) / shuffled.length;
    return (other - title.nll) / Math.max(1, title.tokens);
  });
  const { mean, low, high } = meanInterval(gaps);
  const [count, of] = [known.length, trials.length];
  const much = count > MUCH * of;
  const digits = (value: number): string => value.toFixed(2).replace('-', '−');
  const interval = low === null || high === null ? '' : ` [${digits(low)}, ${digits(high)}]`;
  return {
    id: 'known-titles',
    level: much ? 'amber' : 'green',
    count,
    of,
    message: t(
      '{count} sampled titles are known by heart to {model}: below {KNOWN} nat per token and likelier than the same words in {SHUFFLES} other orders. At whatever NLL, {ordered} are likelier than in these orders (by chance {value} %); titles lead by {mean}{interval} nats per token on average',
      {
        count: share(count, of),
        model,
        KNOWN,
        SHUFFLES,
        ordered: share(ordered, of),
        value: Math.round(100 / (SHUFFLES + 1)),
        mean: digits(mean),
        interval,
      },
    ),
    advice: much
      ? t(
          'The model may have read of these items, and of who likes them, before any training here. Repeat with items that it cannot know, or with a model that is older than they are.',
        )
      : '',
    first: known.slice(0, NAMED).map(({ title }) => `“${title}”`),
  };
}
