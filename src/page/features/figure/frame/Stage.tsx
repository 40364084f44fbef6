import { useMemo } from 'react';
import { zoomOf } from '../../../../charts/pointer';
import { useWidth } from '../../../../charts/axes/useWidth';
import { recordedSteps } from '../../../../readings/arms/armsOf';
import { neighbourStep } from '../../../../readings/series/neighbourStep';
import { frameAt } from '../../../../readings/story/frameData';
import { t } from '../../../../words/words';
import { useFigureArms, useMeasuredRecord, useShownHead } from '../../../state/run/useFigureArms';
import { endPresenting, usePresentKeys } from '../../../state/view/presenting';
import { setView, useView } from '../../../state/view/view';
import { Scrubber } from '../attention/Scrubber';
import { PlayButton } from '../training/PlayButton';
import { FrameCurves } from './FrameCurves';
import { FrameMaps } from './FrameMap';
import { layOutStage, NARROW_HEADING } from './frameLayout';
import { useWindowHeight } from './useWindowHeight';
import styles from './Frame.module.css';

/**
 * A run on a projector: the maps of all models in one row, the scrubber, the curves of all arms, and nothing
 * else.
 */
export function Stage() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const step = useView((view) => view.step);
  const at = useShownHead(record);
  const now = useMemo(() => frameAt(record, arms, arms, at, step), [record, arms, at, step]);
  const steps = useMemo(() => recordedSteps(arms.map((arm) => arm.record)), [arms]);
  usePresentKeys((by) => {
    setView({ step: neighbourStep(steps, step, by) });
  });
  const [stage, width] = useWidth<HTMLDivElement>();
  const height = useWindowHeight();
  const probe = record.probes[at.probe] ?? null;
  const layout =
    probe && width > 0 ? layOutStage(probe, now.models.length, width, height / zoomOf(document.getElementById('root')!)) : null;
  return (
    <section
      className={styles.stage}
      aria-label={t('What the run shows')}
      data-many={layout !== null && layout.column < NARROW_HEADING}
    >
      <div ref={stage} className={styles.measure} />
      {layout && (
        <>
          <FrameMaps models={now.models} at={at} probe={probe} layout={layout} />
          <div className={styles.player}>
            <PlayButton compact />
            <Scrubber steps={steps} compact />
            <button type="button" onClick={endPresenting}>
              {t('End presenting')}
            </button>
          </div>
          <FrameCurves record={record} arms={arms} step={now.step} narrow={false} height={layout.height} />
        </>
      )}
    </section>
  );
}
