import { t } from '../../../words/words';
import type { Evidence } from '../../../learn/evidence';
import { isRight, type LessonQuestion } from '../../../learn/lesson';
import { Say } from './Say';
import styles from './Learn.module.css';

interface QuestionBoxProps {
  readonly question: LessonQuestion;
  readonly evidence: Evidence;
  /** Options chosen so far, in order. */
  readonly chosen: readonly number[];
  readonly onChoose: (option: number) => void;
}

/** A question with a response to every option; all of them can be tried. */
export function QuestionBox({ question, evidence, chosen, onChoose }: QuestionBoxProps) {
  const last = chosen.at(-1);
  const shown = last === undefined ? undefined : question.options[last];
  const right = shown && isRight(shown, evidence);
  return (
    <fieldset className={styles.question}>
      <legend>
        <Say says={question.asks} evidence={evidence} />
      </legend>
      {question.options.map((option, i) => (
        <button
          key={i}
          type="button"
          className={styles.option}
          data-printed
          aria-pressed={i === last}
          onClick={() => {
            onChoose(i);
          }}
        >
          <Say says={option.text} evidence={evidence} />
        </button>
      ))}
      <div role="status" className={styles.answer}>
        {shown && (
          <p data-right={right === true}>
            <b>{right === true ? t('Right.') : right === false ? t('Not this one.') : t('The run does not say.')}</b>{' '}
            <Say says={shown.answer} evidence={evidence} />
          </p>
        )}
      </div>
    </fieldset>
  );
}
