/**
 * A measure: one entry with everything that charts, tables, sentences and files say about it. Entries are in
 * `entries`, one per file; `measures.ts` finds them. Each has its paragraph in docs/metrics.md, which
 * `entries.test.ts` compares with it.
 */
import type { Tag } from '../recipe/tag';
import { t } from '../words/words';
import type { Evaluation, Ranked, RunRecord } from '../record/runRecord';
import { PART_SPLITS, type PartSplit } from '../record/targetGroups';
import { splitId } from './ranking/splitId';

/** Which direction is better; null if neither is. */
export type Better = 'higher' | 'lower' | null;

/** Section of the page and of docs/metrics.md. */
export type Topic = 'ranking' | 'attention' | 'embeddings' | 'language' | 'text';

interface Described {
  /** As in docs/metrics.md and within a sentence: `LM drift`, `item-sink rate`. */
  readonly name: string;
  readonly topic: Topic;
  /** Unit of displayed values; empty if there is none. */
  readonly unit: string;
  /** Displayed value = scale · value. */
  readonly scale: 1 | 100;
  readonly digits: number;
  readonly better: Better;
  /** One sentence, without the name, full stop at the end. */
  readonly definition: string;
  readonly tag: Tag;
}

/** A number of an evaluation. */
export interface Measure extends Described {
  /**
   * Stable, since saved runs and grids store values by it: `lmDrift` or, for ranking measures, `hr@10`,
   * `cold-hr@50`.
   */
  readonly id: string;
  /** IDs of earlier versions, which are still read. */
  readonly aliases: readonly string[];
  /** Null if the evaluation has no such value: no cold targets, another list of K. */
  readonly of: (evaluation: Evaluation) => number | null;
  /**
   * The base model's value, before any training; null if it has none.
   * @param population of the evaluation that it is compared with, `sample` by default; only attention depends
   * on it
   */
  readonly base: (record: RunRecord, population?: Evaluation['population']) => number | null;
  /** 95 % bootstrap interval over users or targets, within one seed; null if there is none. */
  readonly interval: (evaluation: Evaluation) => readonly [number, number] | null;
  /**
   * Whether the value depends on the number of users that it is taken over, so that populations must not be
   * mixed.
   */
  readonly perUsers: boolean;
  /** Whether tables show it by default. */
  readonly main: boolean;
  /** How it is read of any ranking, baselines among them; null if it is no measure of rankings. */
  readonly ranked: RankedReading | null;
}

/** A measure of rankings at one split and K. */
export interface RankedReading {
  readonly split: RankedSplit;
  readonly of: (ranked: Pick<Ranked, 'values'>) => number | null;
  /**
   * What each target contributes, of which the measure is the mean over the targets of the split; null if it
   * is no mean over targets.
   */
  readonly scores: ((of: RanksByTarget) => readonly number[]) | null;
}

/** A measure other than those of rankings. */
export interface MeasureEntry<Id extends string = string> extends Measure {
  readonly id: Id;
  /** Whether it has a chart over training, among those of collapse. */
  readonly charted: boolean;
  /** Whether the chart's axis includes 0. */
  readonly fromZero: boolean;
  /** Whether it is a difference from the base model, shown with its sign. */
  readonly signed: boolean;
  /** ID of the measure that replaces it, under its own name, in records that lack this one. */
  readonly instead: string | null;
}

type Optional =
  | 'of'
  | 'unit'
  | 'scale'
  | 'digits'
  | 'aliases'
  | 'base'
  | 'interval'
  | 'perUsers'
  | 'main'
  | 'ranked'
  | 'charted'
  | 'fromZero'
  | 'signed'
  | 'instead';

/**
 * What users read of a measure. In an entry as written it is English, or made of other words when it is read.
 */
export type MeasureWords = Readonly<Record<'name' | 'unit' | 'definition', string | (() => string)>>;

/** An entry as written; what it leaves out has its default. */
export type MeasureDraft<Id extends string> = Omit<MeasureEntry<Id>, Optional | keyof MeasureWords> &
  Partial<Pick<MeasureEntry<Id>, Exclude<Optional, 'unit'>>> &
  Pick<MeasureWords, 'name' | 'definition'> &
  Partial<MeasureWords>;

/** The same with its words in the active language, whenever they are read. */
export function inWords<const Of extends MeasureWords>(
  of: Of,
): Omit<Of, keyof MeasureWords> & Record<keyof MeasureWords, string> {
  for (const key of ['name', 'unit', 'definition'] as const) {
    const words: string | (() => string) = of[key];
    Object.defineProperty(of, key, { enumerable: true, get: () => (typeof words === 'string' ? t(words) : words()) });
  }
  return of as Omit<Of, keyof MeasureWords> & Record<keyof MeasureWords, string>;
}

export function defineMeasure<const Id extends string>(draft: MeasureDraft<Id>): MeasureEntry<Id> {
  return inWords({
    unit: '',
    scale: 1,
    digits: 3,
    aliases: [],
    of: ({ values }: Evaluation) => values[draft.id] ?? null,
    base: ({ base }: RunRecord) => base.values[draft.id] ?? null,
    interval: ({ intervals }: Evaluation) => intervals[draft.id] ?? null,
    perUsers: false,
    main: false,
    ranked: null,
    charted: false,
    fromZero: false,
    signed: false,
    instead: null,
    ...draft,
  });
}

/** All targets, those that occur in a training event, those that never do, or those of a group. */
export type RankedSplit = 'all' | PartSplit;
export const RANKED_SPLITS: readonly RankedSplit[] = ['all', ...PART_SPLITS];

/**
 * Average ranks of the targets, in the same order for all arms and baselines of a population. A run from a
 * link has none.
 */
export type RanksByTarget = Pick<Ranked, 'ranks'> & { readonly pool?: Pick<NonNullable<Ranked['pool']>, 'ranks'> | undefined };

/** A measure of rankings, by split and K, for arms and baselines alike. */
export interface RankingMeasure<Id extends string = string> extends Described {
  readonly id: Id;
  /** Whether it has no K, and thus the name alone: gAUC. */
  readonly atK: boolean;
  /** Splits that it has. */
  readonly splits: readonly RankedSplit[];
  /** Splits and K that tables show by default; without K, any number. */
  readonly main: Readonly<Partial<Record<RankedSplit, readonly number[]>>>;
  /** Null if a record has no such value: no such targets, another list of K, lists that end before K. */
  readonly of: (ranked: Pick<Ranked, 'values'>, split: RankedSplit, k: number) => number | null;
  readonly interval: (ranked: Pick<Ranked, 'intervals'>, split: RankedSplit, k: number) => readonly [number, number] | null;
  /**
   * Average ranks of the targets, in the same order for all arms, for measures that count hits; they pair the
   * hits of two arms.
   */
  readonly ranksOf?: (of: RanksByTarget) => readonly number[];
  /** What each target contributes, in the order of its ranks, if the measure is a mean over targets. */
  readonly scores?: (of: RanksByTarget, k: number) => readonly number[];
}

export function defineRankingMeasure<const Id extends string>(
  entry: Omit<RankingMeasure<Id>, 'of' | 'interval' | keyof MeasureWords> & MeasureWords,
): RankingMeasure<Id> {
  const read: Pick<RankingMeasure, 'of' | 'interval'> = {
    of: ({ values }, split, k) => values[rankingId(entry, split, k)] ?? null,
    interval: ({ intervals }, split, k) => intervals[rankingId(entry, split, k)] ?? null,
  };
  return inWords({ ...read, ...entry });
}

/**
 * The ID of a measure of rankings at one split and K, by which records store its values: `cold-hr@10`,
 * `gauc`.
 */
export function rankingId({ id, atK }: Pick<RankingMeasure, 'id' | 'atK'>, split: RankedSplit, k: number): string {
  return splitId(split, atK ? `${id}@${k}` : id);
}
