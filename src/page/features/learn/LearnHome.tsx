import { t } from '../../../words/words';
import { CHALLENGES } from '../../../learn/challenges';
import { LESSONS } from '../../../learn/lessons';
import type { Lesson } from '../../../learn/lesson';
import { progressOf } from '../../../learn/progress';
import { QUIZ } from '../../../learn/quiz';
import { count } from '../../../readings/format';
import { useEvidence } from './evidenceState';
import { go, useLearn } from './learnState';
import { Say } from './Say';
import styles from './Learn.module.css';

/** All lessons, with the user's progress. */
export function LearnHome() {
  const kept = useLearn((state) => state.kept);
  const met = useLearn((state) => CHALLENGES.filter(({ id }) => state.progress.met.includes(id)).length);
  return (
    <section className={styles.home} aria-label={t('Lessons')}>
      <h2>{t('Learn')}</h2>
      <p className={styles.lead}>
        {t(
          'Short lessons on what fine-tuning does to a language model. You say what you expect, then see what recorded runs show. Nothing has to be trained or installed.',
        )}
      </p>
      <ol className={styles.list}>
        {LESSONS.map((lesson) => (
          <Entry key={lesson.id} lesson={lesson} />
        ))}
      </ol>
      <div className={styles.list}>
        <div>
          <h3>{t('Challenges')}</h3>
          <p className={styles.help}>{t('{met} of {n} met', { met: count(met), n: count(CHALLENGES.length) })}</p>
          <p>{t('Tasks that are checked on a run of yours; a recorded one shows how.')}</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'challenges' });
            }}
          >
            {t('Challenges')}
          </button>
        </div>
        <div>
          <h3>{t('Quiz')}</h3>
          <p className={styles.help}>{t('{n} questions, before and after', { n: count(QUIZ.length) })}</p>
          <p>{t('What did you think before, and what afterwards? Scored here, for you alone.')}</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'quiz' });
            }}
          >
            {t('Quiz')}
          </button>
        </div>
        <div>
          <h3>{t('For teachers')}</h3>
          <p className={styles.help}>{t('20, 50 or 90 minutes')}</p>
          <p>{t('Plans with links, handouts, what students get wrong, and a copy for a room without a network.')}</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'teach' });
            }}
          >
            {t('For teachers')}
          </button>
        </div>
      </div>
      <p className={styles.help}>
        {kept
          ? t('Progress is kept in this browser and nowhere else.')
          : t('Progress is not kept: this browser denies the page its storage. Everything works until the page is closed.')}
      </p>
    </section>
  );
}

function Entry({ lesson }: { readonly lesson: Lesson }) {
  const evidence = useEvidence();
  const title = t(lesson.title);
  const { step, done } = useLearn((state) => progressOf(state.progress, lesson.id));
  const begun = step > 0 && step < lesson.steps.length;
  return (
    <li>
      <h3>{title}</h3>
      <p className={styles.help}>
        {done
          ? t('{minutes} min · {n} steps · finished', { minutes: lesson.minutes, n: lesson.steps.length })
          : t('{minutes} min · {n} steps', { minutes: lesson.minutes, n: lesson.steps.length })}
      </p>
      <ul className={styles.goals}>
        {lesson.goals.map((goal, i) => (
          <li key={i}>
            <Say says={goal} evidence={evidence} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        aria-label={
          begun ? t('Go on with {title}', { title }) : done ? t('Once more: {title}', { title }) : t('Begin {title}', { title })
        }
        onClick={() => {
          go({ kind: 'lesson', lesson: lesson.id, step: begun ? null : 0 });
        }}
      >
        {begun ? t('Go on at step {step}', { step: step + 1 }) : done ? t('Once more') : t('Begin')}
      </button>
    </li>
  );
}
