/**
 * What a verdict says of two arms' ranking: at every K of the record's table, over users or over seeds. Pure.
 *
 * Rules [O]:
 * - Two arms differ at a K if the p of their paired test is below 5 % after Holm's correction over all K of
 *   the table; these K are named.
 * - Numbers are those at the usual K if arms differ there or nowhere, else those at the K with the smallest
 *   p, with the usual K's beside them.
 */
import { holm } from '../../statistics/hypothesis';
import { pText } from '../../statistics/comparison';
import { message, t } from '../../words/words';
import { count, digitsOf, fixed, listed, percent, signed } from '../format';

/** Two arms at one K: shares, and their difference. */
export interface AtK {
  readonly k: number;
  /** With the K: `HR@10`. */
  readonly measure: string;
  readonly own: number;
  readonly other: number;
  readonly difference: number;
  /** 95 %, uncorrected; null where differences have no spread. */
  readonly low: number | null;
  readonly high: number | null;
  /** Of the paired test; null where there is none. */
  readonly p: number | null;
}

const ALPHA = 0.05;

interface Compared {
  readonly one: string;
  readonly other: string;
  readonly at: readonly AtK[];
  /** The usual K, one of them. */
  readonly k: number;
  readonly over: 'users' | 'seeds';
}

/** At which K the first arm ranks better, and at which worse; both empty if nothing is distinguishable. */
export function differingKs(at: readonly AtK[]): { readonly better: readonly number[]; readonly worse: readonly number[] } {
  const corrected = holm(at.map(({ p }) => p ?? 1));
  const apart = at.filter((_, i) => corrected[i]! < ALPHA);
  const where = (sign: 1 | -1): number[] => apart.filter(({ difference }) => sign * difference > 0).map(({ k }) => k);
  return { better: where(1), worse: where(-1) };
}

/** How the first arm ranks: `both` is better at some K and worse at others. */
export type RankedForm = 'alike' | 'better' | 'worse' | 'both';

/** How two arms differ, and the K whose numbers say it. @param k the usual K, one of the table */
export function leadOf(at: readonly AtK[], k: number): { readonly form: RankedForm; readonly lead: AtK; readonly usual: AtK } {
  const { better, worse } = differingKs(at);
  const apart = [...better, ...worse];
  const usual = at.find((of) => of.k === k)!;
  const clearest = at
    .filter((of) => apart.includes(of.k))
    .reduce<AtK | null>((best, of) => (best === null || of.p! < best.p! ? of : best), null);
  return {
    form: better.length > 0 ? (worse.length > 0 ? 'both' : 'better') : worse.length > 0 ? 'worse' : 'alike',
    lead: clearest === null || apart.includes(k) ? usual : clearest,
    usual,
  };
}

/** One sentence, or two where the usual K needs its own. */
export function rankedSentences({ one, other, at, k, over }: Compared): string[] {
  const { better, worse } = differingKs(at);
  const { form, lead, usual } = leadOf(at, k);
  const table = at.map((of) => of.k);
  // The whole table is named by its ends.
  const ks = (list: readonly number[]): string =>
    list.length > 2 && list.length === table.length
      ? t('{first} to {last}', { first: count(table[0]!), last: count(table.at(-1)!) })
      : listed(list.map(count));
  const said = t(RANKED[form], {
    one,
    other,
    ks: ks(form === 'alike' ? table : form === 'worse' ? worse : better),
    worse: ks(worse),
    measure: lead.measure,
    a: inPercent(lead.own),
    b: inPercent(lead.other),
    over,
    points: signed(100 * lead.difference, 1),
    interval: intervalOf(lead, over),
  });
  if (lead !== usual)
    return [said, t('{measure} is {a} against {b}, not distinguishable.', { ...shares(usual), measure: usual.measure })];
  // Its interval leaves 0 out, which would contradict the sentence.
  if (form === 'alike' && usual.p !== null && usual.p < ALPHA)
    return [
      said,
      t('Alone, this K would show a difference ({p}); corrected for the {n} K that were looked at, it does not.', {
        p: pText(usual.p),
        n: count(at.length),
      }),
    ];
  return [said];
}

const RANKED = {
  alike: message(
    '{one} and {other} are not distinguishable in ranking at K = {ks}: {measure} is {a} against {b}{over, select, seeds { on average} other {}}, {points} points {interval}.',
  ),
  better: message(
    '{one} ranks the next item better than {other} at K = {ks}: {measure} is {a} against {b}{over, select, seeds { on average} other {}}, {points} points {interval}.',
  ),
  worse: message(
    '{one} ranks the next item worse than {other} at K = {ks}: {measure} is {a} against {b}{over, select, seeds { on average} other {}}, {points} points {interval}.',
  ),
  both: message(
    '{one} ranks the next item better than {other} at K = {ks} and worse at K = {worse}: {measure} is {a} against {b}{over, select, seeds { on average} other {}}, {points} points {interval}.',
  ),
} as const;

function shares({ own, other }: AtK): { a: string; b: string } {
  return { a: inPercent(own), b: inPercent(other) };
}

function intervalOf({ low, high }: AtK, over: Compared['over']): string {
  // Without spread over seeds there is no interval.
  if (low === null || high === null) return over === 'seeds' ? t('in every seed') : '';
  const digits = digitsOf({ low: 100 * low, high: 100 * high }, 1);
  return `[${fixed(100 * low, digits)}, ${fixed(100 * high, digits)}]`;
}

/** With the sign, which does not wrap. */
export function inPercent(share: number): string {
  return t('{share}\u00a0%', { share: percent(share) });
}
