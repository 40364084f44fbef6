import { Suspense, useEffect, useMemo, type ComponentProps, type ComponentType } from 'react';
import { comparedArms, recordedSteps } from '../../../../readings/arms/armsOf';
import {
  frameArms,
  frameAt,
  frameAtRate,
  frameScope,
  type FrameScope,
  mapCaption,
  rateScope,
  whyItMatters,
} from '../../../../readings/story/frameData';
import { findingOf } from '../../../../readings/story/finding';
import { gridRunsOf } from '../../../../readings/story/gridRuns';
import { chipLabel } from '../../../../readings/arms/armRole';
import { count } from '../../../../readings/format';
import type { Head } from '../../../../readings/series/attentionData';
import { t } from '../../../../words/words';
import { useExperiment } from '../../../state/run/experiment';
import { useFigureArms, useMeasuredRecord, useShownHead } from '../../../state/run/useFigureArms';
import { present } from '../../../state/view/presenting';
import { setView, strikingSpot, useView } from '../../../state/view/view';
import { shippedSweepOf, useShippedSweep } from '../../../state/opening/shippedSweep';
import { Segments } from '../../../ui/controls/Choice';
import { useSeen } from '../../../ui/controls/useSeen';
import { Readout } from '../attention/Readout';
import { Scrubber } from '../attention/Scrubber';
import { play } from '../training/play';
import { PlayButton } from '../training/PlayButton';
import type { FrameCurvesProps } from './FrameCurves';
import { OtherRuns } from './OtherRuns';
import { Places } from './Places';
import type { RateCurves as RateCurvesOfGrid } from './RateCurves';
import { Rates } from './Rates';
import styles from './Frame.module.css';

/** Whether the recorded run has been played automatically, which happens once per visit. */
let played = false;

interface FrameProps {
  readonly Curves: ComponentType<FrameCurvesProps>;
  readonly RateCurves: ComponentType<ComponentProps<typeof RateCurvesOfGrid>>;
}

/**
 * The page's first picture: the finding, the models side by side, and the curves, all at the step of one
 * scrubber. At a learning rate of which no run is recorded, the grid's numbers stand there instead.
 * @param props curves, loaded after the maps
 */
export function Frame({ Curves, RateCurves }: FrameProps) {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const live = useExperiment((experiment) => experiment.source === 'live');
  const chosenPair = useView((view) => view.difference);
  const step = useView((view) => view.step);
  const at = useShownHead(record);
  const shown = useMemo(() => frameArms(arms, chosenPair), [arms, chosenPair]);
  const now = useMemo(() => frameAt(record, arms, shown, at, step), [record, arms, shown, at, step]);
  const sweep = shippedSweepOf(useShippedSweep());
  const rate = useView((view) => view.rate);
  // A run of the reader's own is told of alone.
  const grid = useMemo(
    () => (live || !record.complete ? null : gridRunsOf(sweep, record, rate ?? undefined)),
    [live, sweep, record, rate],
  );
  const gridAlone = rate === null ? null : grid;
  const models = useMemo(
    () => (gridAlone ? frameAtRate(record, arms, shown, gridAlone) : now.models),
    [record, arms, shown, gridAlone, now],
  );
  const finding = useMemo(() => <Finding sentences={findingOf(record, grid)} />, [record, grid]);
  const striking = useMemo(() => strikingSpot(record), [record]);
  const probe = record.probes[at.probe] ?? null;
  const steps = useMemo(() => recordedSteps(shown.map((arm) => arm.record)), [shown]);
  const place = useOwnPlay(steps);
  return (
    <Places
      says={finding}
      place={place}
      growing={live}
      models={models}
      at={at}
      probe={probe}
      prompt={gridAlone ? null : now.prompt}
      player={(narrow) => (
        <>
          <div className={styles.player} data-part="player">
            {gridAlone ? (
              <p>{t('Means over {n} runs', { n: count(gridAlone.runs) })}</p>
            ) : (
              <>
                <PlayButton compact={narrow} />
                <Scrubber steps={steps} compact={narrow} />
              </>
            )}
            {!narrow && <Rates />}
            {!narrow && <ThirdMap />}
          </div>
          {narrow && <ThirdMap />}
        </>
      )}
      curves={(narrow, height) => (
        <Suspense>
          {gridAlone && sweep ? (
            <RateCurves sweep={sweep} narrow={narrow} height={height} />
          ) : (
            <Curves record={record} arms={shown} step={now.step} narrow={narrow} height={height} />
          )}
        </Suspense>
      )}
      scope={(narrow, hovered) => (
        <>
          {narrow && <Rates />}
          <div className={styles.questions}>
            <OtherRuns grid={grid} />
            <button type="button" className="plain" onClick={present}>
              {t('Present')}
            </button>
          </div>
          {hovered && probe ? (
            <Readout cell={hovered} probe={probe} columns={now.models} pair={null} />
          ) : gridAlone ? (
            <p>{rateScope(record, arms, gridAlone)}</p>
          ) : (
            <Reach {...frameScope(record, arms, at, grid, sameSpot(at, striking))} />
          )}
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
      <p className={styles.how}>
        {mapCaption()} <span>{whyItMatters()}</span>
      </p>
    </>
  );
}

/** One line, and the rest on request. */
function Reach({ line, more }: FrameScope) {
  return (
    <details className={styles.reach}>
      <summary>
        {line} <span>{t('How is this measured?')}</span>
      </summary>
      <p>{more}</p>
    </details>
  );
}

function sameSpot(a: Head, b: Head): boolean {
  return a.layer === b.layer && a.head === b.head && a.probe === b.probe;
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
        options={arms.filter(({ id }) => id !== control.id).map((arm) => ({ value: arm.id, label: chipLabel(arm) }))}
        onChange={(id) => {
          setView({ difference: [id, control.id] });
        }}
      />
    </span>
  );
}
