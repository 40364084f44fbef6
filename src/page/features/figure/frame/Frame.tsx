import { Suspense, useEffect, useLayoutEffect, useMemo, useState, type ComponentType } from 'react';
import type { MapCell } from '../../../../charts/attention/AttentionMap';
import { useWidth } from '../../../../charts/axes/useWidth';
import { attentionRamp } from '../../../../scene/marks/ramp';
import { comparedArms, recordedSteps } from '../../../../readings/arms/armsOf';
import { onOneLine } from '../../../../readings/format';
import { clampHead } from '../../../../readings/series/attentionData';
import { frameArms, frameAt, frameScope, type FrameModel } from '../../../../readings/story/frameData';
import type { Probe } from '../../../../record/runRecord';
import { findingOf } from '../../../../readings/story/finding';
import { t } from '../../../../words/words';
import { useExperiment } from '../../../state/run/experiment';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import { useScheme } from '../../../state/view/useScheme';
import { setView, useView } from '../../../state/view/view';
import { Segments } from '../../../ui/controls/Choice';
import { Swatch } from '../../../ui/controls/Swatch';
import { useSeen } from '../../../ui/controls/useSeen';
import { Readout } from '../attention/Readout';
import { Scrubber } from '../attention/Scrubber';
import { play } from '../training/play';
import { PlayButton } from '../training/PlayButton';
import type { FrameCurvesProps } from './FrameCurves';
import { FrameMap } from './FrameMap';
import { OtherRuns } from './OtherRuns';
import { layOutFrame } from './frameLayout';
import { useWindowHeight } from './useWindowHeight';
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
  const chosenPair = useView((view) => view.difference);
  const step = useView((view) => view.step);
  const [layer, head, probeAt] = [useView((view) => view.layer), useView((view) => view.head), useView((view) => view.probe)];
  const [hovered, setHovered] = useState<MapCell | null>(null);
  const [frame, width] = useWidth<HTMLDivElement>();
  const windowHeight = useWindowHeight();
  const [top, setTop] = useState(0);
  const scheme = useScheme();
  const ramp = useMemo(() => attentionRamp(scheme), [scheme]);
  const shown = useMemo(() => frameArms(arms, chosenPair), [arms, chosenPair]);
  const at = useMemo(
    () => clampHead({ probe: probeAt, layer, head }, record.base.attention),
    [probeAt, layer, head, record.base.attention],
  );
  const now = useMemo(() => frameAt(record, arms, shown, at, step), [record, arms, shown, at, step]);
  const finding = useMemo(() => findingOf(record), [record]);
  const probe = record.probes[at.probe];
  const steps = useMemo(() => recordedSteps(shown.map((arm) => arm.record)), [shown]);
  const place = useOwnPlay(steps);
  // Not when a notice appears above it: the maps would change their size while they are read.
  useLayoutEffect(() => {
    if (frame.current) setTop(Math.round(frame.current.getBoundingClientRect().top + scrollY));
  }, [frame, width, windowHeight, finding]);
  const labels = probe ? plainLabels(probe) : [];
  const layout = probe && width > 0 ? layOutFrame({ ...probe, labels }, now.models.length, width, top, windowHeight) : null;
  return (
    <section className={styles.frame} aria-label={t('What the run shows')} data-narrow={layout?.narrow}>
      <div className={styles.finding}>
        <h2>{finding[0]}</h2>
        {finding.slice(1).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <div ref={place} className={styles.measure}>
        <div ref={frame} />
      </div>
      {probe && layout && (
        <>
          <ul
            className={styles.models}
            style={{ columnGap: layout.gap, gridTemplateColumns: `repeat(${now.models.length}, minmax(0, 1fr))` }}
          >
            {now.models.map((model) => (
              <FrameMap
                key={model.id}
                model={model}
                at={at}
                probe={probe}
                labels={labels}
                layout={layout.map}
                width={layout.column}
                ramp={ramp}
                hovered={hovered}
                onHover={setHovered}
              />
            ))}
          </ul>
          {now.prompt !== null && <Texts prompt={now.prompt} models={now.models} gap={layout.gap} narrow={layout.narrow} />}
          <div className={styles.player}>
            <PlayButton compact={layout.narrow} />
            <Scrubber steps={steps} compact={layout.narrow} />
            {!layout.narrow && <ThirdMap />}
          </div>
          {layout.narrow && <ThirdMap />}
          <div className={styles.curves} style={{ minHeight: layout.height + (layout.narrow ? 44 : 0) }}>
            <Suspense>
              <Curves record={record} arms={shown} step={now.step} narrow={layout.narrow} height={layout.height} />
            </Suspense>
          </div>
        </>
      )}
      <div className={styles.scope}>
        {hovered && probe ? (
          <Readout cell={hovered} probe={probe} columns={now.models} pair={null} />
        ) : (
          <p>
            {t('A dark column below an item is a stuck head; below the start of the text, heads rest.')}{' '}
            {frameScope(record, arms, at)}
          </p>
        )}
        <OtherRuns />
      </div>
    </section>
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

/** What positions are, for those who do not know tokens: start and prediction have names. */
function plainLabels({ labels, itemPositions }: Probe): string[] {
  const names: Readonly<Record<string, string>> = { '[BOS]': t('start of the text'), '[EMB]': t('prediction') };
  return labels.map((label, position) => (itemPositions.includes(position) ? label : (names[label] ?? label)));
}

interface TextsProps {
  readonly prompt: string;
  readonly models: readonly FrameModel[];
  readonly gap: number;
  readonly narrow: boolean;
}

/** How each model continues one prompt: under its map, or on a phone one below the other. */
function Texts({ prompt, models, gap, narrow }: TextsProps) {
  return (
    <ul
      className={styles.texts}
      aria-label={t('What each model writes')}
      style={narrow ? undefined : { columnGap: gap, gridTemplateColumns: `repeat(${models.length}, minmax(0, 1fr))` }}
    >
      {models.map(({ id, label, mark, written }) => (
        <li key={id}>
          {narrow && (
            <span className={styles.writer} translate="no">
              <Swatch mark={mark} /> {label}
            </span>
          )}
          {written !== null && (
            <q className={styles.text} translate="no" title={prompt + written.text}>
              <b>{prompt}</b>
              {onOneLine(written.text)}
            </q>
          )}
        </li>
      ))}
    </ul>
  );
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
