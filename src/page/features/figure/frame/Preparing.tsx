import { useMemo } from 'react';
import { duration, listed } from '../../../../readings/format';
import { beginningModels } from '../../../../readings/story/frameData';
import { stageAmount, stageTitle } from '../../../../readings/runs/stages';
import type { MeasuredBase } from '../../../../record/runEvents';
import { promptsOf } from '../../../../recipe/prompts';
import { t } from '../../../../words/words';
import { useExperiment } from '../../../state/run/experiment';
import { useView } from '../../../state/view/view';
import { Places } from './Places';
import styles from './Frame.module.css';

const NOTHING: Partial<MeasuredBase> = {};

/**
 * A run in preparation, where its models and curves will be: what is being done, and the base model once that
 * is measured.
 */
export function Preparing() {
  const beginning = useExperiment((experiment) => experiment.beginning) ?? NOTHING;
  const layer = useView((view) => view.layer);
  const head = useView((view) => view.head);
  const { spec, probes } = beginning;
  const at = useMemo(() => ({ probe: 0, layer, head }), [layer, head]);
  const models = useMemo(() => beginningModels(beginning, at), [beginning, at]);
  const says = useMemo(() => <Stages />, []);
  return (
    <Places
      says={says}
      growing
      models={models}
      at={at}
      probe={probes?.[0] ?? null}
      prompt={spec ? (promptsOf(spec)[0] ?? null) : null}
      player={() => <div className={styles.player} data-waiting />}
      curves={() => null}
      scope={() => <p>{t('Curves, numbers and texts of the arms appear as they are measured.')}</p>}
    />
  );
}

/** What is being prepared, how far that is, and what is done. */
function Stages() {
  const name = useExperiment(({ beginning }) => beginning?.spec?.name);
  const stages = useExperiment((experiment) => experiment.stages);
  const now = useExperiment((experiment) => experiment.stage);
  const done = stages.filter(({ stage }) => stage !== now?.stage);
  return (
    <>
      <h2>{name === undefined ? t('Preparing') : t('Preparing: {name}', { name })}</h2>
      <p className={styles.doing}>
        <progress value={now?.done ?? 0} max={Math.max(1, now?.total ?? 0)} aria-label={now ? stageTitle(now) : t('Preparing')} />
        {now && [stageTitle(now), now.note, stageAmount(now)].filter((part) => part !== '').join(' · ')}
        {now?.secondsLeft !== undefined && now.secondsLeft >= 1 && (
          <> · {t('about {time} left for this', { time: duration(now.secondsLeft) })}</>
        )}
      </p>
      {done.length > 0 && <p className={styles.done}>{t('Done: {stages}', { stages: listed(done.map(stageTitle)) })}</p>}
    </>
  );
}
