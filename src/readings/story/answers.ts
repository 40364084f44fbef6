/**
 * One-line answers to the questions that the page offers first, from the run that is shown or the grid behind
 * it. Pure.
 */
import { shufflesText } from '../../recipe/sections/arms';
import type { RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { signed } from '../format';
import { headsRange, outcomeOf } from './finding';
import { timesText } from './frameData';
import type { GridRuns } from './gridRuns';
import { storyFacts, type ArmFacts } from './storyFacts';

/** The questions; each is asked of the recorded run of one preset. */
export type QuestionId = 'collapse' | 'fair' | 'text';

/**
 * @param at the learning rate of the grid's runs; null if it is the record's.
 * @returns empty where the run does not tell
 */
export function answerOf(question: QuestionId, record: RunRecord, grid: GridRuns | null, at: number | null = null): string {
  const facts = storyFacts(record, grid);
  if (facts === null) return '';
  const { control, treatment, others, ranking, training } = facts;
  const rate = String(at ?? record.spec.training.learningRate);
  switch (question) {
    case 'collapse':
      return t('At the learning rate {rate}: {one}; {other}.', { rate, one: keptText(control), other: keptText(treatment) });
    case 'fair':
      if (ranking?.interval == null || training === null) return '';
      return t(
        'At the learning rate {rate}, {control} gains {gain} points on its start, and {one} {low} to {high} on {control}.',
        {
          ...{ rate, control: control.arm.label, one: treatment.arm.label, gain: signed(100 * training.gain, 1) },
          low: signed(100 * ranking.interval[0], 1),
          high: signed(100 * ranking.interval[1], 1),
        },
      );
    case 'text': {
      const random = others.find(({ arm: { spec } }) => spec !== null && shufflesText(spec));
      if (random === undefined) return '';
      const [as, right] = [outcomeOf(control, random), outcomeOf(control, treatment)];
      return t('{same, select, yes {Not here} other {It does}}: {one}; {other}.', {
        same: as === right ? 'yes' : 'no',
        one: keptText(treatment),
        other: keptText(random),
      });
    }
  }
}

/** `KARMA: 1 % of heads stuck, language 0.9×`. */
function keptText({ arm, sinks, language }: ArmFacts): string {
  return t(
    '{arm}{heads, select, none {} other { {heads} of heads stuck}}{times, select, none {} kept {, language kept} other {, ordinary text {times} less likely}}',
    {
      arm: arm.label,
      heads: sinks === null ? 'none' : headsRange(sinks.range),
      times: language === null ? 'none' : !language.rises ? 'kept' : timesText(Math.exp(language.now - language.base)),
    },
  );
}
