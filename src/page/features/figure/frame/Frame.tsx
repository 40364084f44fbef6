import { Suspense, useEffect, useMemo, type ComponentType } from 'react';
import { comparedArms, recordedSteps } from '../../../../readings/arms/armsOf';
import { frameArms, frameAt, frameScope } from '../../../../readings/story/frameData';
import { findingOf } from '../../../../readings/story/finding';
import { t } from '../../../../words/words';
import { useExperiment } from '../../../state/run/experiment';
import { useFigureArms, useMeasuredRecord, useShownHead } from '../../../state/run/useFigureArms';
import { present } from '../../../state/view/presenting';
import { setView, useView } from '../../../state/view/view';
import { Segments } from '../../../ui/controls/Choice';
import { useSeen } from '../../../ui/controls/useSeen';
import { Readout } from '../attention/Readout';
import { Scrubber } from '../attention/Scrubber';
import { play } from '../training/play';
import { PlayButton } from '../training/PlayButton';
import type { FrameCurvesProps } from './FrameCurves';
import { OtherRuns } from './OtherRuns';
import { Places } from './Places';
import styles from './Frame.module.css';

/** Whether the recorded run has been played automatically, which happens once per visit. */
let played = false;

/**
 * The page's first picture: the finding, the models side by side, and the curves, all at the step of one scrubber.
 * @param Curves loaded after the maps
 */
export function Frame({ Curves }: { readonly Curves: ComponentType<FrameCurvesProps> }) {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const live = useExperiment((experiment) => experiment.source === 'live');
  const chosenPair = useView((view) => view.difference);
  const step = useView((view) => view.step);
  const at = useShownHead(record);
  const shown = useMemo(() => frameArms(arms, chosenPair), [arms, chosenPair]);
  const now = useMemo(() => frameAt(record, arms, shown, at, step), [record, arms, shown, at, step]);
  const finding = useMemo(() => <Finding sentences={findingOf(record)} />, [record]);
  const probe = record.probes[at.probe] ?? null;
  const steps = useMemo(() => recordedSteps(shown.map((arm) => arm.record)), [shown]);
  const place = useOwnPlay(steps);
  return (
    <Places
      says={finding}
      place={place}
      growing={live}
      models={now.models}
      at={at}
      probe={probe}
      prompt={now.prompt}
      player={(narrow) => (
        <>
          <div className={styles.player}>
            <PlayButton compact={narrow} />
            <Scrubber steps={steps} compact={narrow} />
            {!narrow && <ThirdMap />}
          </div>
          {narrow && <ThirdMap />}
        </>
      )}
      curves={(narrow, height) => (
        <Suspense>
          <Curves record={record} arms={shown} step={now.step} narrow={narrow} height={height} />
        </Suspense>
      )}
      scope={(hovered) => (
        <>
          {hovered && probe ? (
            <Readout cell={hovered} probe={probe} columns={now.models} pair={null} />
          ) : (
            <p>
              {t('A dark column below an item is a stuck head; below the start of the text, heads rest.')}{' '}
              {frameScope(record, arms, at)}
            </p>
          )}
          <div className={styles.others}>
            <OtherRuns />
            <button type="button" className="plain" onClick={present}>
              {t('Present')}
            </button>
          </div>
        </>
      )}
    />
  );
}

function Finding({ sentences: [first, ...others] }: { readonly sentences: readonly string[] }) {
  return (
    <>
      <h2>{first}</h2>
      {others.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </>
  );
}

/** Plays a recorded run once, when its maps are in view. */
function useOwnPlay(steps: readonly number[]) {
  const source = useExperiment((experiment) => experiment.source);
  const [place, seen] = useSeen<HTMLDivElement>();
  useEffect(() => {
    if (played || !seen || source !== 'recorded' || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    played = true;
    play(steps);
  }, [seen, source, steps]);
  return place;
}

/** The arm in the place of the last map, if there is a choice: KARMA, or a control. */
function ThirdMap() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const chosen = useView((view) => view.difference);
  const pair = comparedArms(arms, chosen);
  if (pair === null || arms.length < 3) return null;
  const [treatment, control] = pair;
  return (
    <span className={styles.third} translate="no">
      <Segments
        label={t('Last map')}
        value={treatment.id}
        options={arms.filter(({ id }) => id !== control.id).map(({ id, label }) => ({ value: id, label }))}
        onChange={(id) => {
          setView({ difference: [id, control.id] });
        }}
      />
    </span>
  );
}
