import { inEnglish, message, t } from '../../../words/words';
import { useState, type SyntheticEvent } from 'react';
import { saveFile } from '../../../charts/export/saveFile';
import { toCsv } from '../../../charts/export/table';
import { sat, type Sitting } from '../../../learn/progress';
import { missed, QUIZ, quizTable, scoreOf } from '../../../learn/quiz';
import { count } from '../../../readings/format';
import { useEvidence } from './evidenceState';
import { LearnBar } from './LearnBar';
import { changeProgress, useLearn } from './learnState';
import { Say } from './Say';
import styles from './Learn.module.css';

const WORDS: Readonly<Record<Sitting, string>> = { before: message('Before the lessons'), after: message('After the lessons') };

/** The same questions before and after the lessons; answers stay on the device. */
export function QuizView() {
  const quiz = useLearn((state) => state.progress.quiz);
  const [sitting, setSitting] = useState<Sitting | null>(null);
  return (
    <section className={styles.home} aria-label={t('Quiz')}>
      <LearnBar
        title={sitting === null ? t('Quiz') : sitting === 'before' ? t('Quiz: before the lessons') : t('Quiz: after the lessons')}
      />
      {sitting === null ? (
        <>
          <p className={styles.lead}>
            {t(
              '{n} questions. Answer them before the first lesson, without looking anything up, and once more after the last. Answers are scored and kept in this browser; the CSV has no name in it.',
              { n: count(QUIZ.length) },
            )}
          </p>
          <Result sitting="before" onBegin={setSitting} />
          <Result sitting="after" onBegin={setSitting} />
          {(quiz.before !== null || quiz.after !== null) && (
            <div className={styles.moves}>
              <button
                type="button"
                onClick={() => {
                  saveFile(
                    'quiz.csv',
                    new Blob([toCsv(inEnglish(() => quizTable(quiz.before, quiz.after)))], { type: 'text/csv' }),
                  );
                }}
              >
                {t('Save as CSV')}
              </button>
            </div>
          )}
        </>
      ) : (
        <Questions
          sitting={sitting}
          onDone={() => {
            setSitting(null);
          }}
        />
      )}
    </section>
  );
}

function Result({ sitting, onBegin }: { readonly sitting: Sitting; readonly onBegin: (sitting: Sitting) => void }) {
  const evidence = useEvidence();
  const answers = useLearn((state) => state.progress.quiz[sitting]);
  return (
    <section aria-label={t(WORDS[sitting])} className={styles.found}>
      <h3>{t(WORDS[sitting])}</h3>
      {answers !== null && <p>{t('{right} of {n} right.', { right: count(scoreOf(answers)), n: count(QUIZ.length) })}</p>}
      {answers !== null && sitting === 'after' && missed(answers).length > 0 && (
        <ul className={styles.goals}>
          {missed(answers).map(({ id, misconception, because }) => (
            <li key={id}>
              {t('“{text}”', { text: t(misconception) })} <Say says={because} evidence={evidence} />
            </li>
          ))}
        </ul>
      )}
      <div className={styles.moves}>
        <button
          type="button"
          onClick={() => {
            onBegin(sitting);
          }}
        >
          {answers === null ? t('Begin') : t('Answer again')}
        </button>
      </div>
    </section>
  );
}

function Questions({ sitting, onDone }: { readonly sitting: Sitting; readonly onDone: () => void }) {
  const evidence = useEvidence();
  const [answers, setAnswers] = useState<readonly (number | null)[]>(QUIZ.map(() => null));
  const open = answers.filter((one) => one === null).length;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    changeProgress((progress) => sat(progress, sitting, answers));
    onDone();
  };
  return (
    <form className={styles.tasks} onSubmit={submit}>
      {QUIZ.map(({ id, asks, options }, i) => (
        <fieldset key={id} className={styles.question}>
          <legend>
            {i + 1}. <Say says={asks} evidence={evidence} />
          </legend>
          {options.map((option, at) => (
            <label key={at} className={styles.choice}>
              <input
                type="radio"
                name={id}
                checked={answers[i] === at}
                onChange={() => {
                  setAnswers(answers.map((one, item) => (item === i ? at : one)));
                }}
              />
              <span>
                <Say says={option} evidence={evidence} />
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className={styles.moves}>
        <button type="submit" className={styles.next}>
          {open === 0 ? t('Finish') : t('Finish, {n} unanswered', { n: open })}
        </button>
        <button type="button" onClick={onDone}>
          {t('Leave')}
        </button>
      </div>
    </form>
  );
}
