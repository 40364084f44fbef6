import { useState, type SyntheticEvent } from 'react';
import { saveFile } from '../../charts/export/saveFile';
import { toCsv } from '../../charts/export/table';
import { sat, type Sitting } from '../../learn/progress';
import { missed, QUIZ, quizTable, scoreOf } from '../../learn/quiz';
import { useEvidence } from './evidenceState';
import { LearnBar } from './LearnBar';
import { changeProgress, useLearn } from './learnState';
import { Say } from './Say';
import styles from './Learn.module.css';

const WORDS: Readonly<Record<Sitting, string>> = { before: 'Before the lessons', after: 'After the lessons' };

/** The same questions before and after the lessons; answers stay on the device. */
export function QuizView() {
  const quiz = useLearn((state) => state.progress.quiz);
  const [sitting, setSitting] = useState<Sitting | null>(null);
  return (
    <section className={styles.home} aria-label="Quiz">
      <LearnBar title={sitting === null ? 'Quiz' : `Quiz: ${WORDS[sitting].toLowerCase()}`} />
      {sitting === null ? (
        <>
          <p className={styles.lead}>
            {QUIZ.length} questions. Answer them before the first lesson, without looking anything up, and once more after the
            last. Answers are scored and kept in this browser; the CSV has no name in it.
          </p>
          <Result sitting="before" onBegin={setSitting} />
          <Result sitting="after" onBegin={setSitting} />
          {(quiz.before !== null || quiz.after !== null) && (
            <div className={styles.moves}>
              <button
                type="button"
                onClick={() => {
                  saveFile('quiz.csv', new Blob([toCsv(quizTable(quiz.before, quiz.after))], { type: 'text/csv' }));
                }}
              >
                Save as CSV
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
    <section aria-label={WORDS[sitting]} className={styles.found}>
      <h3>{WORDS[sitting]}</h3>
      {answers !== null && (
        <p>
          {scoreOf(answers)} of {QUIZ.length} right.
        </p>
      )}
      {answers !== null && sitting === 'after' && missed(answers).length > 0 && (
        <ul className={styles.goals}>
          {missed(answers).map(({ id, misconception, because }) => (
            <li key={id}>
              “{misconception}” <Say says={because} evidence={evidence} />
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
          {answers === null ? 'Begin' : 'Answer again'}
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
          {open === 0 ? 'Finish' : `Finish, ${open} unanswered`}
        </button>
        <button type="button" onClick={onDone}>
          Leave
        </button>
      </div>
    </form>
  );
}
