import { T } from '../../../words/T';
import { t } from '../../../words/words';
import { useState, type ReactNode } from 'react';
import { writePlace, type LearnAddress } from '../../../learn/address';
import { LESSONS, lessonOf } from '../../../learn/lessons';
import { QUIZ } from '../../../learn/quiz';
import { placeOf, PLANS, type ClassPart, type Plan } from '../../../learn/teaching';
import { pageAddress } from '../../../files/shareTargets';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useEvidence } from './evidenceState';
import { LearnBar } from './LearnBar';
import { go } from './learnState';
import { OfflineCopy } from './OfflineCopy';
import { Say } from './Say';
import styles from './Learn.module.css';

/**
 * What a teacher needs before a class: plans with links, machines, what students get wrong, handouts, and
 * copies for a room without a network.
 */
export function TeacherView() {
  const evidence = useEvidence();
  return (
    <section className={styles.home} aria-label={t('For teachers')}>
      <LearnBar title={t('For teachers')} />
      <p className={styles.lead}>
        {t(
          'The lessons show recorded runs: nothing is installed, nothing is trained, and nobody signs in. Students say what they expect before they see what was measured, and answer why afterwards; what they answer stays on their device.',
        )}
      </p>
      <h2>{t('How long have you got?')}</h2>
      <div className={styles.list}>
        {PLANS.map((plan) => (
          <PlanCard key={plan.id} plan={plan} />
        ))}
      </div>
      <h2>{t('What they can do afterwards')}</h2>
      <dl className={styles.teaching}>
        {LESSONS.map(({ id, title, goals }) => (
          <div key={id}>
            <dt>{t(title)}</dt>
            {goals.map((goal, i) => (
              <dd key={i}>
                <Say says={goal} evidence={evidence} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
      <h2>{t('What students get wrong')}</h2>
      <dl className={styles.teaching}>
        {QUIZ.map(({ id, misconception, because }) => (
          <div key={id}>
            <dt>{t('“{text}”', { text: t(misconception) })}</dt>
            <dd>
              <Say says={because} evidence={evidence} />
            </dd>
          </div>
        ))}
      </dl>
      <h2>{t('Which machine?')}</h2>
      <ul className={styles.bulleted}>
        <li>{t('Lessons, quiz and handouts: any phone, tablet or computer with a current browser. No GPU is used.')}</li>
        <li>
          <T
            text="Training a run of one’s own (challenges, the last lesson): a browser with WebGPU, as Chrome, Edge, Firefox and Safari have it, on a computer with a GPU. Without a GPU the preset <i>Quick</i> trains on the processor; before you press Run, the recipe says how long a run takes on that machine, once it has been measured."
            values={{ i: (inside) => <i>{inside}</i> }}
          />
        </li>
        <li>
          <T
            text="Projector: <i>Present</i>, beside the lesson’s title, enlarges the lesson and hides everything else; the arrow keys go from step to step."
            values={{ i: (inside) => <i>{inside}</i> }}
          />
        </li>
      </ul>
      <h2>{t('In a learning platform')}</h2>
      <FrameCode />
      <h2>{t('Without a network')}</h2>
      <OfflineCopy />
    </section>
  );
}

/** The full URL of a place, to copy into a message to the class. */
function addressOf(place: LearnAddress): string {
  return pageAddress(location.href) + writePlace('', place);
}

function PlanCard({ plan }: { readonly plan: Plan }) {
  const links = plan.parts.flatMap((part) => {
    const place = placeOf(part);
    return place === null ? [] : [`${partTitle(part)}: ${addressOf(place)}`];
  });
  return (
    <div>
      <h3>
        {plan.minutes === null ? t(plan.title) : t('{plan}, {minutes} minutes', { plan: t(plan.title), minutes: plan.minutes })}
      </h3>
      <p>{t(plan.how)}</p>
      <ol className={styles.parts}>
        {plan.parts.map((part, i) => (
          <li key={i}>
            <span className={styles.minutes}>{t('{n} min', { n: part.minutes })}</span> <PartLink part={part} />
          </li>
        ))}
      </ol>
      <div className={styles.moves}>
        <PlaceLink place={{ kind: 'handout', plan: plan.id, answers: false }}>{t('Handout')}</PlaceLink>
        <PlaceLink place={{ kind: 'handout', plan: plan.id, answers: true }}>{t('With answers')}</PlaceLink>
        <CopyButton label={t('Copy the links')} text={`${links.join('\n')}\n`} />
      </div>
    </div>
  );
}

export function partTitle(part: ClassPart): string {
  if (part.kind === 'talk') return t(part.about);
  if (part.kind === 'lesson') return t(lessonOf(part.lesson)!.title);
  return part.when === 'before' ? t('Quiz, before the lessons') : t('Quiz, after the lessons');
}

function PartLink({ part }: { readonly part: ClassPart }) {
  const place = placeOf(part);
  return place === null ? <span>{partTitle(part)}</span> : <PlaceLink place={place}>{partTitle(part)}</PlaceLink>;
}

/** A link that can be copied, and is followed without reloading the page. */
export function PlaceLink({ place, children }: { readonly place: LearnAddress; readonly children: ReactNode }) {
  return (
    <a
      className={styles.place}
      href={writePlace('', place)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(place);
      }}
    >
      {children}
    </a>
  );
}

/** A lesson as a frame of another page. */
function FrameCode() {
  const [lesson, setLesson] = useState<string>(LESSONS[0]!.id);
  const { id, title } = LESSONS.find((one) => one.id === lesson)!;
  const code = `<iframe src="${addressOf({ kind: 'lesson', lesson: id, step: 0 })}" title="${t(title)}" width="100%" height="800" style="border:0" allow="fullscreen"></iframe>`;
  return (
    <div className={styles.found}>
      <label>
        {t('Lesson')}{' '}
        <select
          value={lesson}
          onChange={({ target }) => {
            setLesson(target.value);
          }}
        >
          {LESSONS.map((one) => (
            <option key={one.id} value={one.id}>
              {t(one.title)}
            </option>
          ))}
        </select>
      </label>
      <textarea className={styles.code} readOnly rows={3} aria-label={t('Code of the frame')} translate="no" value={code} />
      <div className={styles.moves}>
        <CopyButton label={t('Copy the code')} text={code} />
      </div>
      <p className={styles.help}>
        <T
          text="The frame needs no cookies and no account. Where the platform denies frames their storage, progress lasts until the page is closed. The server of this page must allow the platform to frame it (<code>frame-ancestors</code>, see docs/hosting.md). Single figures: <i>Share</i>, <i>Embed</i>."
          values={{ code: (inside) => <code translate="no">{inside}</code>, i: (inside) => <i>{inside}</i> }}
        />
      </p>
    </div>
  );
}
