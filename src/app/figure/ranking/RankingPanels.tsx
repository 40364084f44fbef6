import { LineChart } from '../../../charts/line/LineChart';
import { plainNumber } from '../../../charts/axes/ticks';
import { Segments, Select } from '../../controls/Choice';
import { count, percent } from '../../format';
import { Term } from '../../glossary/Term';
import { setView, useView, type Split, type XAxis } from '../../state/view';
import { useState } from 'react';
import { comparedArms } from '../armsOf';
import { Panel } from '../panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import { cursorX, formatX, X_LABELS } from '../xAxis';
import {
  baselineLines,
  hrOverK,
  hrOverSteps,
  hrSentence,
  hrStepsTable,
  seriesTable,
  shownPopulation,
  usersOf,
  whenAndWhom,
} from './rankingData';
import { evaluationAt } from '../armsOf';

const HEIGHT = 240;

export function HrOverSteps() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const { k, split, axis, step, pair, hovered } = useRankingView(record.spec.evaluation.ks, arms);
  const batchSize = record.spec.training.batchSize;
  const series = hrOverSteps(arms, k, split, axis, batchSize);
  const sampled = usersOf(arms, 'sample', split);
  const all = usersOf(arms, 'all', split);
  const population = sampled > 0 ? 'sample' : 'all';
  const watched = record.spec.evaluation.watch === 'validation' ? ', validation targets' : '';
  return (
    <Panel
      name="HR@K over steps"
      title="Is the next item ranked higher?"
      controls={<RankingControls ks={record.spec.evaluation.ks} />}
      table={() => hrStepsTable(arms, k, split)}
      sentence={hrSentence(pair, arms, k, split, step)}
      caption={
        <>
          <Term id="hr">HR@{k}</Term>: share of users whose held-out next item is among the {k} best of the whole catalogue
          {record.spec.evaluation.maskHistory && ', their own history left out'}. {splitWords(split)} Whiskers: 95 % bootstrap
          over users, one seed.{' '}
          {sampled > 0
            ? `Filled markers: the same ${count(sampled)} sampled users at every step${watched}`
            : 'No evaluation on a sample'}
          {all > 0 && `; open markers: all ${count(all)} users at the end, test targets`}. Baselines on the{' '}
          {population === 'sample' ? 'sampled' : 'same'} users; <Term id="zeroShot">zero-shot</Term> is untrained.
        </>
      }
    >
      <LineChart
        name="HR@K over steps"
        height={HEIGHT}
        series={series}
        references={baselineLines(record.baselines, population, k, split)}
        xKind="linear"
        yKind="linear"
        formatX={formatX(axis)}
        formatY={percent}
        include={[0]}
        xLabel={X_LABELS[axis]}
        yLabel={`HR@${k} (%)`}
        hovered={hovered}
        onHover={(hoveredStep) => {
          setView({ hoveredStep });
        }}
        cursor={cursorX(step, axis, batchSize)}
        reach={cursorX(record.spec.training.steps, axis, batchSize)}
        describeKey={(key) => `step ${count(key)}`}
      />
    </Panel>
  );
}

export function HrOverK() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const { split, step, pair } = useRankingView(record.spec.evaluation.ks, arms);
  const [hovered, setHovered] = useState<number | null>(null);
  const { ks } = record.spec.evaluation;
  const largest = Math.max(...ks);
  const first = arms[0] && evaluationAt(arms[0].record, step);
  const when = first ? whenAndWhom(first, first.ranking[split].n) : '';
  const series = hrOverK(record, arms, step, split);
  return (
    <Panel
      name="HR over K"
      title="At which depth of the list?"
      table={() => seriesTable(series, 'K', 'HR')}
      sentence={hrSentence(pair, arms, largest, split, step)}
      caption={
        <>
          <Term id="hr">HR@K</Term> for K = {ks.join(', ')} {when}; with one target a user this is also recall. Baselines on{' '}
          {shownPopulation(arms, step) === 'all' ? 'all users' : 'the same sampled users'}. Whiskers: 95 % bootstrap over users,
          one seed.
        </>
      }
    >
      <LineChart
        name="HR over K"
        height={HEIGHT}
        series={series}
        references={[]}
        xKind="log"
        yKind="linear"
        xValues={ks}
        formatX={plainNumber}
        formatY={percent}
        include={[0]}
        xLabel="K, logarithmic"
        yLabel="HR@K (%)"
        hovered={hovered}
        onHover={setHovered}
        describeKey={(key) => `K = ${key}`}
      />
    </Panel>
  );
}

function useRankingView(ks: readonly number[], arms: ReturnType<typeof useFigureArms>) {
  const chosenK = useView((view) => view.k);
  const split = useView((view) => view.split);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const hovered = useView((view) => view.hoveredStep);
  const chosenPair = useView((view) => view.difference);
  const k = ks.includes(chosenK) ? chosenK : (ks[0] ?? 1);
  return { k, split, axis, step, hovered, pair: comparedArms(arms, chosenPair) };
}

function splitWords(split: Split): string {
  if (split === 'warm') return 'Warm targets only: seen in training.';
  return split === 'cold' ? 'Cold targets only: never seen in training.' : 'Warm and cold targets.';
}

const SPLITS: readonly { value: Split; label: string }[] = [
  { value: 'all', label: 'all' },
  { value: 'warm', label: 'warm' },
  { value: 'cold', label: 'cold' },
];

function RankingControls({ ks }: { readonly ks: readonly number[] }) {
  const k = useView((view) => view.k);
  const split = useView((view) => view.split);
  return (
    <>
      <Select
        label="K"
        value={k}
        options={ks.map((value) => ({ value, label: String(value) }))}
        onChange={(next) => {
          setView({ k: next });
        }}
      />
      <Segments
        label="Targets"
        value={split}
        options={SPLITS}
        onChange={(next) => {
          setView({ split: next });
        }}
      />
    </>
  );
}

const AXES: readonly { value: XAxis; label: string }[] = [
  { value: 'step', label: 'steps' },
  { value: 'examples', label: 'examples' },
  { value: 'seconds', label: 'seconds' },
];

/** The x axis of every chart over training. */
export function XAxisControl() {
  const axis = useView((view) => view.xAxis);
  return (
    <Segments
      label="x axis"
      value={axis}
      options={AXES}
      onChange={(xAxis) => {
        setView({ xAxis });
      }}
    />
  );
}
