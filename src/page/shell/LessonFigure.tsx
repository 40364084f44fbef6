import { t } from '../../words/words';
import { useLayoutEffect, useMemo } from 'react';
import type { Sweep } from '../../experiment/grid/sweep';
import type { FigureState, PanelId } from '../../learn/lesson';
import type { RunRecord } from '../../record/runRecord';
import { AttentionPanel } from '../features/figure/attention/AttentionPanel';
import { Scrubber } from '../features/figure/attention/Scrubber';
import { LayerPanel } from '../features/figure/closer/LayerPanel';
import { PlanePanel } from '../features/figure/closer/PlanePanel';
import { SpectrumPanel } from '../features/figure/closer/SpectrumPanel';
import { CollapsePanel } from '../features/figure/collapse/CollapsePanel';
import { FidelityPanel } from '../features/figure/fidelity/FidelityPanel';
import { LossPanel } from '../features/figure/losses/LossPanel';
import { PlayButton } from '../features/figure/training/PlayButton';
import { stopPlaying } from '../features/figure/training/play';
import { RankingOverK, RankingOverSteps } from '../features/figure/ranking/RankingPanels';
import { ReadingPanel } from '../features/figure/readings/ReadingPanel';
import { recordedSteps, withArms } from '../../readings/arms/armsOf';
import { exhibit, useExhibit } from '../state/run/exhibit';
import { contrastingHead, setView } from '../state/view/view';
import { SweepPanel } from '../ui/panel/SweepPanel';
import { Verdict } from '../features/figure/verdict/Verdict';
import { WrittenTexts } from '../features/figure/verdict/WrittenTexts';
import { useEvidence } from '../features/learn/evidenceState';
import { RecordedAudit } from './RecordedAudit';
import styles from '../features/learn/Learn.module.css';

/** The figure beside a step: parts of the research views, set to the step's subject. */
export function LessonFigure({ state }: { readonly state: FigureState }) {
  const { runs, sweep } = useEvidence();
  const whole = state.run === undefined ? null : (runs.get(state.run) ?? null);
  const record = useMemo(() => whole && withArms(whole, state.arms), [whole, state.arms]);
  const shown = useExhibit((exhibited) => exhibited.record);
  useLayoutEffect(() => {
    exhibit(record);
    if (record) setView(viewOf(state, record));
    return stopPlaying;
  }, [record, state]);
  const needsRun = state.panels.some((panel) => panel !== 'sweep');
  if (needsRun && (record === null || shown !== record)) return null;
  // The scrubber of the attention maps moves everything.
  const scrubbed = state.play === true && !state.panels.includes('attention');
  return (
    <div className={styles.panels}>
      {record && state.play === true && (
        <div className={styles.player}>
          <PlayButton />
          {scrubbed && <Scrubber steps={recordedSteps(record.arms)} />}
        </div>
      )}
      {state.panels.map((panel) =>
        panel === 'sweep' ? (
          sweep && (
            <SweepPanel key={panel} sweep={linesOf(sweep, state.arms)} name={() => t('Over the learning rate')} own={false} />
          )
        ) : (
          <Drawn key={panel} panel={panel} state={state} />
        ),
      )}
    </div>
  );
}

function Drawn({ panel, state }: { readonly panel: Exclude<PanelId, 'sweep'>; readonly state: FigureState }) {
  switch (panel) {
    case 'verdict':
      return <Verdict />;
    case 'texts':
      return <WrittenTexts prompt={state.prompt} />;
    case 'attention':
      return <AttentionPanel />;
    case 'ranking':
      return <RankingOverSteps />;
    case 'rankingOverK':
      return <RankingOverK />;
    case 'losses':
      return <LossPanel />;
    case 'collapse':
      return <CollapsePanel only={state.charts} />;
    case 'spectra':
      return <SpectrumPanel />;
    case 'plane':
      return <PlanePanel />;
    case 'layers':
      return <LayerPanel />;
    case 'readings':
      return <ReadingPanel />;
    case 'fidelity':
      return <FidelityPanel />;
    case 'audit':
      return <RecordedAudit />;
  }
}

function linesOf(sweep: Sweep, arms: readonly string[] | undefined): Sweep {
  return arms === undefined ? sweep : { ...sweep, lines: sweep.lines.filter(({ arm }) => arms.includes(arm)) };
}

/** The parts of the view that a step sets. */
function viewOf(state: FigureState, record: RunRecord) {
  const head = contrastingHead(record);
  return {
    layer: state.layer ?? head.layer,
    head: state.head ?? head.head,
    probe: state.history ?? 0,
    arms: null,
    step: state.step ?? null,
    measure: state.measure ?? 'hr',
    k: state.k ?? 10,
    split: state.split ?? 'all',
    gridMeasure: state.gridMeasure ?? 'firstHalfSinkRate',
    difference: null,
    xAxis: 'step',
    lossTerm: 'action',
    hoveredStep: null,
    hoveredItem: null,
  } as const;
}
