import { useState } from 'react';
import { LineChart } from '../../../charts/line/LineChart';
import { plainNumber } from '../../../charts/axes/ticks';
import { Segments, Select } from '../../controls/Choice';
import type { RankingEntry } from '../../../measures/entries';
import { ofSplit } from '../../../measures/measure';
import { definitionAt, measureHeading, measureName, rankingMeasure } from '../../../measures/measures';
import { poolSizes, ranksGivenPools } from '../../../record/poolSizes';
import type { RunRecord } from '../../../record/runRecord';
import { GROUP_WORDS } from '../../../record/targetGroups';
import type { PoolSource } from '../../../recipe/runSpec';
import { count } from '../../format';
import { Term } from '../../glossary/Term';
import { setView, useView, type Split, type XAxis } from '../../state/view';
import { comparedArms, evaluationAt } from '../armsOf';
import { Panel } from '../panel/Panel';
import { TrainingChart } from '../TrainingChart';
import { useFigureArms } from '../useFigureArms';
import { useRankedRecord } from '../useSelectedUsers';
import {
  baselineLines,
  isSplit,
  measuresOf,
  measureText,
  rankingOverK,
  rankingOverSteps,
  rankingSentence,
  rankingStepsTable,
  seriesTable,
  shownPopulation,
  targetsColumn,
  splitOf,
  splitsOf,
  usersOf,
  whenAndWhom,
} from './rankingData';

const HEIGHT = 240;

const PICKED = 'Only the users picked in the plane of embeddings; baselines have no ranks by user.';

export function RankingOverSteps() {
  const { record, users } = useRankedRecord();
  const arms = useFigureArms(record);
  const { shown, measures, k, axis, step, pair } = useRankingView(record, arms);
  const { measure, split } = shown;
  const series = rankingOverSteps(arms, shown, k, axis, record.spec.training.batchSize);
  const sampled = usersOf(arms, 'sample', splitOf(shown));
  const all = usersOf(arms, 'all', splitOf(shown));
  // Once all users were ranked, labels, baselines and sentence are about all of them.
  const population = all > 0 ? 'all' : 'sample';
  const watched = record.spec.evaluation.watch === 'validation' ? ', validation targets' : '';
  const name = `${measureName(measure, 'K')} over steps`;
  return (
    <Panel
      name={name}
      title={measure.better === null ? 'How much of the catalogue do the lists cover?' : 'Is the next item ranked higher?'}
      controls={
        <RankingControls
          ks={record.spec.evaluation.ks}
          measure={measure}
          measures={measures}
          split={split}
          splits={splitsOf(record)}
        />
      }
      table={() => rankingStepsTable(arms, k, split, ranksGivenPools(record.spec))}
      sentence={rankingSentence(pair, arms, shown, k, step)}
      caption={
        <>
          <Definition measure={measure} k={k} record={record} /> {isSplit(measure) && splitWords(split)}
          {measure.interval && ' Whiskers: 95 % bootstrap over users, one seed.'}{' '}
          {sampled > 0
            ? `Filled markers: the same ${count(sampled)} sampled users at every step${watched}`
            : 'No evaluation on a sample'}
          {all > 0 && `; open markers: all ${count(all)} users at the end, test targets`}. {users !== null && PICKED}
          {users === null && (
            <>
              Baselines on {population === 'sample' ? 'the sampled' : 'all'} users; <Term id="zeroShot">zero-shot</Term> is
              untrained
              {record.baselines.sasrec &&
                `, SASRec-size was trained for ${count(record.baselines.sasrec.steps)} steps on item IDs alone`}
              .
            </>
          )}
        </>
      }
    >
      <TrainingChart
        name={name}
        height={HEIGHT}
        series={series}
        references={users === null ? baselineLines(record.baselines, population, shown, k) : []}
        yKind="linear"
        formatY={(value) => measureText(measure, value)}
        include={[0]}
        yLabel={yLabel(measure, k)}
        labelNote={(n) => (n === null && all > 0 ? `all ${count(all)} users` : `${count(n ?? sampled)} users`)}
        training={record.spec.training}
      />
    </Panel>
  );
}

export function RankingOverK() {
  const { record, users } = useRankedRecord();
  const arms = useFigureArms(record);
  const { shown: chosen, step, pair } = useRankingView(record, arms);
  const shown = chosen.measure.atK ? chosen : { ...chosen, measure: rankingMeasure('hr') };
  const { measure } = shown;
  const [hovered, setHovered] = useState<number | null>(null);
  const series = rankingOverK(users === null ? record : { ...record, baselines: null }, arms, step, shown);
  const measured = record.spec.evaluation.ks.filter((k) => series.some(({ points }) => points.some((point) => point.x === k)));
  const ks = measured.length > 0 ? measured : record.spec.evaluation.ks;
  const largest = Math.max(...ks);
  const first = arms[0] && evaluationAt(arms[0].record, step);
  const when = first ? whenAndWhom(first, ofSplit(first.ranking, splitOf(shown))?.n ?? 0) : '';
  const name = `${measure.name} over K`;
  return (
    <Panel
      name={name}
      title="At what depth of the list?"
      table={() => seriesTable(series, 'K', measure.name, targetsColumn(splitOf(shown), ranksGivenPools(record.spec)))}
      sentence={rankingSentence(pair, arms, shown, largest, step)}
      caption={
        <>
          <Term id={measure.id}>{measure.name}@K</Term> for K = {ks.join(', ')} {when}
          {measure.id === 'hr' && '; with one target per user this is also recall'}
          {poolWords(measure, record)}.{ranksGivenPools(record.spec) && !measure.id.startsWith('pool-') && ` ${CATALOGUE}`}{' '}
          {users === null
            ? `Baselines on ${shownPopulation(arms, step) === 'all' ? 'all users' : 'the same sampled users'}.`
            : PICKED}
          {measure.interval && ' Whiskers: 95 % bootstrap over users, one seed.'}
        </>
      }
    >
      <LineChart
        name={name}
        height={HEIGHT}
        series={series}
        references={[]}
        xKind="log"
        yKind="linear"
        xValues={ks}
        formatX={plainNumber}
        formatY={(value) => measureText(measure, value)}
        include={[0]}
        xLabel="K, logarithmic"
        yLabel={yLabel(measure, 'K')}
        hovered={hovered}
        onHover={setHovered}
        describeKey={(key) => `K = ${key}`}
      />
    </Panel>
  );
}

function yLabel(measure: RankingEntry, k: number | 'K'): string {
  return measureHeading({ name: measureName(measure, k), unit: measure.unit });
}

const POOL_WORDS: Readonly<Record<Exclude<PoolSource, 'given'>, string>> = {
  retrieved: 'up to a quarter the nearest by item-kNN, a quarter the most popular, the rest at random',
  uniform: 'at random',
  exposed: 'those shown with the click, the rest at random',
};

const CATALOGUE = 'Over the whole catalogue, of the targets that came with a candidate set.';

/** How the candidates were chosen, if the measure depends on them. */
function poolWords({ id }: RankingEntry, record: RunRecord): string {
  if (!id.startsWith('pool-')) return '';
  const { poolFrom, poolSeed } = record.spec.evaluation;
  const sizes = poolSizes(record);
  const pool =
    poolFrom === 'given'
      ? `the given pool of ${sizes} (target included; from the log’s files), the same for all arms and steps`
      : `a sampled pool of ${sizes} (target included; ${POOL_WORDS[poolFrom]}; seed ${poolSeed}), drawn once for all arms and steps`;
  return ` in ${pool}; not comparable with the whole catalogue`;
}

interface DefinitionProps {
  readonly measure: RankingEntry;
  readonly k: number;
  readonly record: RunRecord;
}

/** The definition of the measure. */
function Definition({ measure, k, record }: DefinitionProps) {
  const pool = poolWords(measure, record);
  const onlyGiven = ranksGivenPools(record.spec);
  const given = pool !== '' && onlyGiven;
  return (
    <>
      <i>{measureName(measure, k)}.</i> {definitionAt(measure, k)}
      {pool !== '' && ` Ranked${pool}.`}
      {record.spec.evaluation.maskHistory && measure.atK && !given && ' Users’ own histories are left out.'}
      {onlyGiven && !given && ` ${CATALOGUE}`}
    </>
  );
}

function useRankingView(record: RunRecord, arms: ReturnType<typeof useFigureArms>) {
  const { ks } = record.spec.evaluation;
  const measures = measuresOf(record, ks);
  const chosenMeasure = useView((view) => view.measure);
  const measure = measures.find(({ id }) => id === chosenMeasure) ?? rankingMeasure('hr');
  const chosenK = useView((view) => view.k);
  const chosenSplit = useView((view) => view.split);
  const split = splitsOf(record).includes(chosenSplit) ? chosenSplit : 'all';
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const chosenPair = useView((view) => view.difference);
  const k = ks.includes(chosenK) ? chosenK : (ks[0] ?? 1);
  return { shown: { measure, split }, measures, k, axis, step, pair: comparedArms(arms, chosenPair) };
}

function splitWords(split: Split): string {
  if (split === 'all') return 'All targets.';
  if (split === 'warm') return 'Warm targets only: seen in training.';
  if (split === 'cold') return 'Cold targets only: never seen in training.';
  return `Only targets ${GROUP_WORDS[split]}.`;
}

interface RankingControlsProps {
  readonly ks: readonly number[];
  readonly measure: RankingEntry;
  readonly measures: readonly RankingEntry[];
  readonly split: Split;
  readonly splits: readonly Split[];
}

function RankingControls({ ks, measure, measures, split, splits }: RankingControlsProps) {
  const k = useView((view) => view.k);
  return (
    <>
      <Select
        label="Measure"
        value={measure.id}
        options={measures.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(next) => {
          setView({ measure: next });
        }}
      />
      <Select
        label="K"
        value={k}
        options={ks.map((value) => ({ value, label: String(value) }))}
        onChange={(next) => {
          setView({ k: next });
        }}
      />
      {isSplit(measure) && (
        <Select
          label="Targets"
          value={split}
          options={splits.map((value) => ({ value, label: value.replace('-history', ' history') }))}
          onChange={(next) => {
            setView({ split: next });
          }}
        />
      )}
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
