/** Texts of two arms in pairs, to be told apart, and how well that went. Pure. */
import { t } from '../words/words';
import { armsOf } from '../readings/arms/armsOf';
import { compact, count } from '../readings/format';
import type { Evidence } from './evidence';
import type { MatchPrediction } from './lesson';
import { historyTarget, probeText } from './quantities';

export interface Pair {
  /** The next item of the history, quoted. */
  readonly target: string;
  /** In the order in which they are shown, quoted. */
  readonly texts: readonly [string, string];
  /** Place of the text to recognise. */
  readonly right: 0 | 1;
}

export interface Matching {
  readonly pairs: readonly Pair[];
  /** Labels of the arm to recognise and the other. */
  readonly arm: string;
  readonly other: string;
}

/** Which of five pairs begin with the arm to recognise: as a coin fell. */
const FIRST = [true, false, false, true, false];

/** The pairs; null if the evidence lacks one of their texts. */
export function matchingOf(evidence: Evidence, { run, arm, other, histories }: MatchPrediction): Matching | null {
  const record = evidence.runs.get(run);
  const labelOf = (id: string): string | undefined => record && armsOf(record).find((one) => one.id === id)?.label;
  const [own, beside] = [labelOf(arm), labelOf(other)];
  if (own === undefined || beside === undefined) return null;
  const pairs = histories.flatMap((history, i): Pair[] => {
    const target = historyTarget(run, history).text(evidence);
    const [wanted, rest] = [arm, other].map((id) => probeText(run, id, history).text(evidence));
    if (target === null || !wanted || !rest) return [];
    const first = FIRST[i % FIRST.length]!;
    return [{ target, texts: first ? [wanted, rest] : [rest, wanted], right: first ? 0 : 1 }];
  });
  return pairs.length === histories.length ? { pairs, arm: own, other: beside } : null;
}

/** “You recognised 3 of 5. Guessing finds 2.5 on average.” @param chosen place of the chosen text, by pair */
export function matchText(chosen: readonly number[], { pairs }: Matching): string {
  const found = pairs.filter(({ right }, i) => chosen[i] === right).length;
  return t('You recognised {found} of {n}. Guessing finds {guessed} on average.', {
    found: count(found),
    n: count(pairs.length),
    guessed: compact(pairs.length / 2),
  });
}
