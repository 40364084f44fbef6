import { t } from '../../../words/words';
import { useEffect, useRef } from 'react';
import type { Lesson } from '../../../learn/lesson';
import { again, atStep, finished, progressOf } from '../../../learn/progress';
import { count } from '../../../readings/format';
import { loadLesson, useEvidence } from './evidenceState';
import { AllLessons, LearnBar } from './LearnBar';
import { changeProgress, go, useLearn } from './learnState';
import { LoadingLine } from './LoadingLine';
import { PresentButton } from './PresentButton';
import { Paragraphs, Say } from './Say';
import { StepView } from './StepView';
import styles from './Learn.module.css';

/** One lesson, a step at a time, with its text beside the figure; a summary follows the last step. */
export function LessonView({ lesson, step }: { readonly lesson: Lesson; readonly step: number }) {
  const { steps } = lesson;
  // The last step is followed by the end.
  const shown = Math.min(step, steps.length);
  const current = steps[shown];
  const heading = useRef<HTMLHeadingElement>(null);
  const opened = useRef(shown);
  useEffect(() => {
    loadLesson(lesson);
  }, [lesson]);
  useEffect(() => {
    changeProgress((progress) => {
      const at = atStep(progress, lesson.id, shown);
      return shown === steps.length ? finished(at, lesson.id) : at;
    });
    // Only after a button was pressed: a newly opened page keeps its focus.
    if (opened.current === shown) return;
    opened.current = shown;
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, [lesson, shown, steps.length]);
  const to = (next: number) => () => {
    go({ kind: 'lesson', lesson: lesson.id, step: next });
  };
  const moves = (
    <>
      <button type="button" disabled={shown === 0} onClick={to(shown - 1)}>
        {t('Back')}
      </button>
      {shown < steps.length && (
        <button type="button" className={styles.next} onClick={to(shown + 1)}>
          {shown === steps.length - 1 ? t('Finish') : t('Next')}
        </button>
      )}
    </>
  );
  return (
    <section className={styles.lesson} aria-label={t(lesson.title)}>
      <LearnBar title={t(lesson.title)}>
        <span className={styles.count}>
          {current ? t('Step {step} of {n}', { step: shown + 1, n: steps.length }) : t('The end')}
          <progress max={steps.length} value={shown} aria-label={t('Progress of the lesson')} />
        </span>
        <PresentButton
          onMove={(by) => {
            const next = shown + by;
            if (next >= 0 && next <= steps.length) to(next)();
          }}
        />
      </LearnBar>
      <LoadingLine lessons={[lesson]} />
      {current ? (
        <StepView key={current.id} lesson={lesson} step={current} heading={heading} moves={moves} />
      ) : (
        <Ending lesson={lesson} heading={heading} moves={moves} />
      )}
    </section>
  );
}

interface EndingProps {
  readonly lesson: Lesson;
  readonly heading: React.RefObject<HTMLHeadingElement | null>;
  readonly moves: React.ReactNode;
}

function Ending({ lesson, heading, moves }: EndingProps) {
  const evidence = useEvidence();
  const { chosen } = useLearn((state) => progressOf(state.progress, lesson.id));
  const questions = lesson.steps.flatMap(({ check, predict }) => [
    ...(predict === undefined ? [] : [predict.kind === 'pick' ? predict.question : predict.why]),
    ...(check ? [check] : []),
  ]);
  const tried = questions.filter(({ id }) => chosen[id] !== undefined).length;
  return (
    <div className={styles.ending}>
      <h2 ref={heading} tabIndex={-1}>
        {t('What to take away')}
      </h2>
      <p className={styles.takeAway}>
        <Say says={lesson.takeAway} evidence={evidence} />
      </p>
      <p>{t('You answered {tried} of {n} questions.', { tried: count(tried), n: count(questions.length) })}</p>
      <h3>{t('A challenge')}</h3>
      <Paragraphs all={[lesson.challenge]} evidence={evidence} />
      <div className={styles.moves}>
        {moves}
        <button
          type="button"
          onClick={() => {
            changeProgress((progress) => again(progress, lesson.id));
            go({ kind: 'lesson', lesson: lesson.id, step: 0 });
          }}
        >
          {t('Once more')}
        </button>
        <AllLessons className={styles.next} />
      </div>
    </div>
  );
}
