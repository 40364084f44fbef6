/** Whether the arms learned anything, and what it took. */
import { mean } from '../../../statistics/statistics';
import { message, t, type Message } from '../../../words/words';
import type { RunWarning } from '../../../record/runRecord';
import { lacks, leftOut } from '../../../record/shortened';
import { baselineName } from '../../../measures/ranking/baselineNames';
import { fixed, listed } from '../../format';
import { lossesOf, pairOf, type VerdictCheck, type CheckedRun } from './check';

/**
 * Neither above chance, or both below what needs no training: attention and language are then no price of
 * ranking.
 */
export const belowUntrained: VerdictCheck = (checked) => {
  if (isAtChance(checked))
    return t(
      'Neither is distinguishable from chance at any K, so what they do to attention and language is no price of ranking.',
    );
  const { bothBelowUntrained } = checked;
  if (bothBelowUntrained === 'unknown')
    return t('Whether both rank below {baseline} cannot be told from the link.', { baseline: baselineName('zeroShot') });
  return bothBelowUntrained === null
    ? null
    : t(
        'Both rank below {baseline}, which takes no training, so what they do to attention and language is no price of ranking.',
        {
          baseline: baselineName(bothBelowUntrained),
        },
      );
};

/**
 * Whether both arms’ intervals reach what ranking at random gives, at every K that leaves it room to miss.
 */
function isAtChance(checked: CheckedRun): boolean {
  const { candidates, record } = checked;
  const tried = record.spec.evaluation.ks.filter((k) => k <= candidates / 2);
  const reaches = (range: readonly [number, number] | null, k: number): boolean => range !== null && range[0] <= k / candidates;
  return tried.length > 0 && pairOf(checked).every((arm) => tried.every((k) => reaches(arm.range(k), k)));
}

const WARNED: Readonly<Record<RunWarning['kind'], Message>> = {
  'no-gradient': message('{arm} had a step without any gradient (step {step}).'),
  'at-chance': message('The action loss of {arm} stayed at chance (up to step {step}).'),
  diverging: message('{arm} diverges from step {step} on.'),
};

function warningsOf(checked: CheckedRun): { readonly arm: string; readonly warning: RunWarning }[] {
  return pairOf(checked).flatMap(({ label, trained }) =>
    (trained?.warnings ?? [])
      .filter(({ step }) => checked.evaluation === null || step <= checked.evaluation.step)
      .map((warning) => ({ arm: label, warning })),
  );
}

/** What the run noticed while it trained: the first of it. */
export const warned: VerdictCheck = (checked) => {
  const [first] = warningsOf(checked);
  return first === undefined ? null : t(WARNED[first.warning.kind], { arm: first.arm, step: String(first.warning.step) });
};

/** Steps at the start, and at the end, of which losses are means: at the start they fall quickly. */
const [FIRST, LAST] = [5, 20];

/**
 * From the middle of training on: while rates warm up, losses may rise. Says nothing of an arm that a warning
 * is about.
 */
export const risingLoss: VerdictCheck = (checked) => {
  const { evaluation, record } = checked;
  if (evaluation !== null && 2 * evaluation.step < record.spec.training.steps) return null;
  if (lacks(record, 'losses')) return leftOut(record, 'losses');
  const known = new Set(warningsOf(checked).map(({ arm }) => arm));
  const rising = pairOf(checked).flatMap((arm) => {
    const losses = lossesOf(arm, checked);
    if (known.has(arm.label) || losses.length < FIRST + LAST) return [];
    const [before, after] = [mean(losses.slice(0, FIRST)), mean(losses.slice(-LAST))];
    const shown = { arm: arm.label, before: fixed(before, 2), after: fixed(after, 2) };
    return after < before ? [] : [t('{arm} {before} → {after}', shown)];
  });
  return rising.length === 0
    ? null
    : t('The action loss, which training is to lower, ends no lower than it began: {arms}.', { arms: listed(rising) });
};

/** How many times the other’s training time counts as more compute. */
const MORE = 2.5;

export const moreCompute: VerdictCheck = (checked) => {
  const [a, b] = pairOf(checked);
  const secondsOf = ({ trained }: typeof a): number => trained?.steps.seconds.at(-1) ?? 0;
  const [long, short] = secondsOf(a) > secondsOf(b) ? [a, b] : [b, a];
  const times = secondsOf(long) / secondsOf(short);
  return Number.isFinite(times) && times >= MORE
    ? t('{arm} took {times} times as long to train as {other}: equal steps, not equal compute.', {
        arm: long.label,
        times: fixed(times, 1),
        other: short.label,
      })
    : null;
};
