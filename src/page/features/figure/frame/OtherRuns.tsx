import { t } from '../../../../words/words';
import { isRecorded } from '../../../../recipe/recordedArms';
import { ask, QUESTIONS, realLlmRun } from '../../../state/opening/questions';
import { openRecordedRun } from '../../../state/opening/recordedRun';
import { useOpening } from '../../../state/opening/openingState';
import { useExperiment } from '../../../state/run/experiment';
import { useView } from '../../../state/view/view';
import styles from './Frame.module.css';

/** Recorded runs that answer other questions, in the same picture. */
export function OtherRuns() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  const arm = useView((view) => view.difference?.[0]);
  if (!recorded) return null;
  const llm = realLlmRun();
  return (
    <div className={styles.others} role="group" aria-label={t('Other recorded runs')}>
      {QUESTIONS.filter(({ preset }) => isRecorded(preset)).map((question) => (
        <button
          key={question.id}
          type="button"
          className="plain"
          aria-pressed={shown === question.preset && arm === question.arm}
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
  );
}
