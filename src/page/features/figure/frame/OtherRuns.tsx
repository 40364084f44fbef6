import { t } from '../../../../words/words';
import { isRecorded } from '../../../../recipe/recordedArms';
import { answerOf } from '../../../../readings/story/answers';
import type { GridRuns } from '../../../../readings/story/gridRuns';
import { ask, QUESTIONS, realLlmRun, type OpeningQuestion } from '../../../state/opening/questions';
import { openRecordedRun } from '../../../state/opening/recordedRun';
import { useOpening } from '../../../state/opening/openingState';
import { useExperiment } from '../../../state/run/experiment';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { useView } from '../../../state/view/view';
import styles from './Frame.module.css';

/**
 * Recorded runs that answer other questions, in the same picture, and the answer of the one that is shown.
 */
export function OtherRuns({ grid }: { readonly grid: GridRuns | null }) {
  const record = useMeasuredRecord();
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  const arm = useView((view) => view.difference?.[0]);
  const rate = useView((view) => view.rate);
  if (!recorded) return null;
  const llm = realLlmRun();
  const isAsked = (question: OpeningQuestion): boolean => shown === question.preset && arm === question.arm;
  const asked = QUESTIONS.find(isAsked);
  return (
    <>
      <div className={styles.others} role="group" aria-label={t('Other recorded runs')}>
        {QUESTIONS.filter(({ preset }) => isRecorded(preset)).map((question) => (
          <button
            key={question.id}
            type="button"
            className="plain"
            aria-pressed={isAsked(question)}
            onClick={() => {
              void ask(question, false);
            }}
          >
            {t(question.words)}
          </button>
        ))}
        {llm !== null && (
          <button
            type="button"
            className="plain"
            aria-pressed={shown === llm}
            onClick={() => {
              void openRecordedRun(llm);
            }}
          >
            {t('Real LLM')}
          </button>
        )}
      </div>
      {asked && <p className={styles.reply}>{answerOf(asked.id, record, grid, rate)}</p>}
    </>
  );
}
