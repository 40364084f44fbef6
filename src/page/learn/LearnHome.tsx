import { CHALLENGES } from '../../learn/challenges';
import { LESSONS } from '../../learn/lessons';
import type { Lesson } from '../../learn/lesson';
import { progressOf } from '../../learn/progress';
import { QUIZ } from '../../learn/quiz';
import { useEvidence } from './evidenceState';
import { go, useLearn } from './learnState';
import { Say } from './Say';
import styles from './Learn.module.css';

/** All lessons, with the user's progress. */
export function LearnHome() {
  const kept = useLearn((state) => state.kept);
  const met = useLearn((state) => CHALLENGES.filter(({ id }) => state.progress.met.includes(id)).length);
  return (
    <section className={styles.home} aria-label="Lessons">
      <h2>Learn</h2>
      <p className={styles.lead}>
        Short lessons on what fine-tuning does to a language model. You say what you expect, then see what recorded runs show.
        Nothing has to be trained or installed.
      </p>
      <ol className={styles.list}>
        {LESSONS.map((lesson) => (
          <Entry key={lesson.id} lesson={lesson} />
        ))}
      </ol>
      <div className={styles.list}>
        <div>
          <h3>Challenges</h3>
          <p className={styles.help}>
            {met} of {CHALLENGES.length} met
          </p>
          <p>Tasks that are checked on a run of yours, or on a recorded one.</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'challenges' });
            }}
          >
            Challenges
          </button>
        </div>
        <div>
          <h3>Quiz</h3>
          <p className={styles.help}>{QUIZ.length} questions, before and after</p>
          <p>What did you think before, and what afterwards? Scored here, for you alone.</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'quiz' });
            }}
          >
            Quiz
          </button>
        </div>
        <div>
          <h3>For teachers</h3>
          <p className={styles.help}>20, 50 or 90 minutes</p>
          <p>Plans with links, handouts, what students get wrong, and a copy for a room without a network.</p>
          <button
            type="button"
            onClick={() => {
              go({ kind: 'teach' });
            }}
          >
            For teachers
          </button>
        </div>
      </div>
      <p className={styles.help}>
        {kept
          ? 'Progress is kept in this browser and nowhere else.'
          : 'Progress is not kept: this browser denies the page its storage. Everything works until the page is closed.'}
      </p>
    </section>
  );
}

function Entry({ lesson }: { readonly lesson: Lesson }) {
  const evidence = useEvidence();
  const { step, done } = useLearn((state) => progressOf(state.progress, lesson.id));
  const begun = step > 0 && step < lesson.steps.length;
  return (
    <li>
      <h3>{lesson.title}</h3>
      <p className={styles.help}>
        {lesson.minutes} min · {lesson.steps.length} steps
        {done && ' · finished'}
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
        aria-label={`${begun ? 'Go on with' : done ? 'Once more:' : 'Begin'} ${lesson.title}`}
        onClick={() => {
          go({ kind: 'lesson', lesson: lesson.id, step: begun ? null : 0 });
        }}
      >
        {begun ? `Go on at step ${step + 1}` : done ? 'Once more' : 'Begin'}
      </button>
    </li>
  );
}
