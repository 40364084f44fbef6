import { t } from '../../../words/words';
import { useEffect } from 'react';
import { CHALLENGES, checkChallenge, type Challenge } from '../../../learn/challenges';
import { met } from '../../../learn/progress';
import { recordedLabel } from '../../../recipe/recordedLabel';
import type { RunRecord } from '../../../record/runRecord';
import { isBusy } from '../../../runtime/experimentState';
import { openRecordedRun } from '../../state/opening/recordedRun';
import { useOpening } from '../../state/opening/openingState';
import { selectMeasured, useExperiment } from '../../state/run/experiment';
import { useEvidence } from './evidenceState';
import { LearnBar } from './LearnBar';
import { changeProgress, useLearn } from './learnState';
import { putRecipe } from './putRecipe';
import { Paragraphs, Say } from './Say';
import styles from './Learn.module.css';

/** Tasks, checked on the run on the page: a recorded one, one from a file, or one in training. */
export function ChallengesView() {
  const measured = useExperiment(selectMeasured);
  // What a link left out would count as not reached.
  const record = measured?.shortened === undefined ? measured : null;
  const source = useExperiment((experiment) => experiment.source);
  useEffect(() => {
    // What a recorded run shows was not achieved by the reader.
    if (record === null || source === 'recorded') return;
    for (const challenge of CHALLENGES) {
      if (checkChallenge(challenge, record).met) changeProgress((progress) => met(progress, challenge.id));
    }
  }, [record, source]);
  return (
    <section className={styles.home} aria-label={t('Challenges')}>
      <LearnBar title={t('Challenges')} />
      <p className={styles.lead}>
        {record === null && measured !== null
          ? t('Every task is checked on the run that is on the page, but not on this one: it came in a link, shortened.')
          : record === null
            ? t(
                'Change the recipe, press Run, and come back: every task is checked on the run that is on the page. There is none yet.',
              )
            : source === 'recorded'
              ? t(
                  'Change the recipe, press Run, and come back: every task is checked on the run that is on the page. Now it is “{run}”, a recorded run: it shows how a task is checked, and counts for none.',
                  { run: record.spec.name },
                )
              : t(
                  'Change the recipe, press Run, and come back: every task is checked on the run that is on the page. Now it is “{run}”.',
                  { run: record.spec.name },
                )}
      </p>
      <ol className={styles.tasks}>
        {CHALLENGES.map((challenge) => (
          <Task key={challenge.id} challenge={challenge} record={record} />
        ))}
      </ol>
    </section>
  );
}

function Task({ challenge, record }: { readonly challenge: Challenge; readonly record: RunRecord | null }) {
  const { id, title, task, hints, solution, preset, recorded, shows } = challenge;
  const evidence = useEvidence();
  const done = useLearn((state) => state.progress.met.includes(id));
  const busy = useExperiment(({ phase }) => isBusy(phase));
  const loading = useOpening((opening) => opening.recorded.state === 'loading');
  const checked = record === null ? null : checkChallenge(challenge, record);
  return (
    <li aria-label={t(title)}>
      <h3>
        {t(title)} {done && <small>{t('met by a run of yours')}</small>}
      </h3>
      <Paragraphs all={[task]} evidence={evidence} />
      {checked && (
        <details>
          <summary>{checked.met ? t('The run on the page meets it') : t('The run on the page does not meet it')}</summary>
          <ul className={styles.conditions}>
            {checked.found.map(({ met: one, text }, i) => (
              <li key={i}>
                <b>{one === true ? t('met') : one === false ? t('not met') : t('not known')}</b>
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <details>
        <summary>{t('Hints and a solution')}</summary>
        <Paragraphs all={hints} evidence={evidence} />
        <div className={styles.moves}>
          <button
            type="button"
            onClick={() => {
              putRecipe({ preset, spec: solution });
            }}
          >
            {t('Open a recipe that does it')}
          </button>
          <button
            type="button"
            disabled={busy || loading}
            onClick={() => {
              void openRecordedRun(recorded);
            }}
          >
            {t('Check the recorded run {run}', { run: recordedLabel(recorded) })}
          </button>
        </div>
      </details>
      {(done || checked?.met) && (
        <p>
          <b>{t('What it shows.')}</b> <Say says={shows} evidence={evidence} />
        </p>
      )}
    </li>
  );
}
