import { t } from '../../../words/words';
import { useEffect } from 'react';
import type { PlanId } from '../../../learn/address';
import type { Evidence } from '../../../learn/evidence';
import { isRight, type Lesson, type LessonQuestion, type LessonStep } from '../../../learn/lesson';
import { lessonOf } from '../../../learn/lessons';
import { QUIZ } from '../../../learn/quiz';
import { planOf, type Plan } from '../../../learn/teaching';
import { loadLesson, useEvidence, useLoading } from './evidenceState';
import { LearnBar } from './LearnBar';
import { LoadingLine } from './LoadingLine';
import { PlaceLink } from './TeacherView';
import { CurveSheet, SeedSheet } from './DrawingSheets';
import { Say } from './Say';
import styles from './Learn.module.css';

/**
 * A printed handout of a plan's questions, with room for answers or with the correct ones. Numbers are
 * computed from the recorded runs.
 */
export function HandoutView({ plan: id, answers }: { readonly plan: PlanId; readonly answers: boolean }) {
  const plan = planOf(id);
  const evidence = useEvidence();
  const lessons = lessonsOf(plan);
  const loading = useLoading(lessons);
  useEffect(() => {
    for (const lesson of lessonsOf(planOf(id))) loadLesson(lesson);
  }, [id]);
  return (
    <section className={styles.handout} aria-label={t('Handout')}>
      <LearnBar
        title={
          answers
            ? t('Handout with answers: {plan}', { plan: t(plan.title).toLowerCase() })
            : t('Handout: {plan}', { plan: t(plan.title).toLowerCase() })
        }
      >
        <PlaceLink place={{ kind: 'teach' }}>{t('For teachers')}</PlaceLink>
        <button
          type="button"
          disabled={loading}
          onClick={() => {
            window.print();
          }}
        >
          {t('Print')}
        </button>
      </LearnBar>
      <LoadingLine lessons={lessons} />
      {!answers && <p className={styles.name}>{t('Name')}</p>}
      {lessons.map((lesson) => (
        <LessonSheet key={lesson.id} lesson={lesson} evidence={evidence} answers={answers} />
      ))}
      {plan.parts.some(({ kind }) => kind === 'quiz') && <QuizSheet answers={answers} evidence={evidence} />}
    </section>
  );
}

function lessonsOf({ parts }: Plan): Lesson[] {
  return parts.flatMap((part) => (part.kind === 'lesson' ? [lessonOf(part.lesson)!] : []));
}

interface SheetProps {
  readonly evidence: Evidence;
  readonly answers: boolean;
}

function LessonSheet({ lesson, evidence, answers }: SheetProps & { readonly lesson: Lesson }) {
  return (
    <article className={styles.sheet}>
      <h2>{t(lesson.title)}</h2>
      <ol>
        {lesson.steps.map((step) => (
          <StepSheet key={step.id} step={step} evidence={evidence} answers={answers} />
        ))}
      </ol>
      {answers ? (
        <p>
          <b>{t('To take away:')}</b> <Say says={lesson.takeAway} evidence={evidence} />
        </p>
      ) : (
        <Lines count={2} asks={t('What do you take away, in one sentence?')} />
      )}
    </article>
  );
}

function StepSheet({ step, evidence, answers }: SheetProps & { readonly step: LessonStep }) {
  const { predict, check } = step;
  if (predict === undefined && check === undefined) return null;
  return (
    <li>
      <h3>{t(step.title)}</h3>
      {predict !== undefined && predict.kind !== 'pick' && (
        <p>
          <Say says={predict.asks} evidence={evidence} />
        </p>
      )}
      {predict?.kind === 'curve' && <CurveSheet prediction={predict} evidence={evidence} answers={answers} />}
      {predict?.kind === 'seeds' && <SeedSheet prediction={predict} evidence={evidence} answers={answers} />}
      {predict !== undefined && (
        <Options question={predict.kind === 'pick' ? predict.question : predict.why} evidence={evidence} answers={answers} />
      )}
      {check && <Options question={check} evidence={evidence} answers={answers} />}
    </li>
  );
}

function Options({ question, evidence, answers }: SheetProps & { readonly question: LessonQuestion }) {
  return (
    <div className={styles.options}>
      <p>
        <Say says={question.asks} evidence={evidence} />
      </p>
      <ul>
        {question.options.map((option, i) => {
          const right = answers && isRight(option, evidence) === true;
          return (
            <li key={i} data-right={right || undefined}>
              <Say says={option.text} evidence={evidence} />
              {right && (
                <p>
                  <Say says={option.answer} evidence={evidence} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function QuizSheet({ evidence, answers }: SheetProps) {
  return (
    <article className={styles.sheet}>
      <h2>{t('Quiz')}</h2>
      <ol>
        {QUIZ.map(({ id, asks, options, right, because }) => (
          <li key={id} className={styles.options}>
            <p>
              <Say says={asks} evidence={evidence} />
            </p>
            <ul>
              {options.map((option, i) => (
                <li key={i} data-right={(answers && i === right) || undefined}>
                  <Say says={option} evidence={evidence} />
                  {answers && i === right && (
                    <p>
                      <Say says={because} evidence={evidence} />
                    </p>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </article>
  );
}

/** Space to write in. */
function Lines({ count, asks }: { readonly count: number; readonly asks: string }) {
  return (
    <div className={styles.options}>
      <p>{asks}</p>
      {Array.from({ length: count }, (_, i) => (
        <div key={i} className={styles.line} aria-hidden="true" />
      ))}
    </div>
  );
}
