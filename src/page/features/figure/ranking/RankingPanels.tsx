import { useState } from 'react';
import { message, t, type Text } from '../../../../words/words';
import { T } from '../../../../words/T';
import { LineChart } from '../../../../charts/line/LineChart';
import { plainNumber } from '../../../../scene/ticks';
import { Segments, Select } from '../../../ui/controls/Choice';
import type { RankingEntry } from '../../../../measures/entries';
import { easeLeftOutSentence } from '../../../../measures/ranking/baselineNames';
import { definitionAt, measureHeading, rankingMeasure, measureName } from '../../../../measures/measures';
import { poolSizes, ranksGivenPools } from '../../../../record/poolSizes';
import { lacks, leftOut } from '../../../../record/shortened';
import type { RunRecord } from '../../../../record/runRecord';
import { LONG_HISTORY, MEDIUM_HISTORY, type TargetGroup } from '../../../../record/targetGroups';
import type { PoolSource } from '../../../../recipe/runSpec';
import { count } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { setView, useView } from '../../../state/view/view';
import type { RankedSplit } from '../../../../measures/measure';
import type { XAxis } from '../../../../readings/choices';
import { oneOf } from '../../../../record/comparedEvaluations';
import { comparedArms, evaluationsAt } from '../../../../readings/arms/armsOf';
import { Panel } from '../../../ui/panel/Panel';
import { TrainingChart } from '../training/TrainingChart';
import { useFigureArms } from '../../../state/run/useFigureArms';
import { useRankedRecord } from '../../../state/run/useSelectedUsers';
import {
  baselineLines,
  isLeftOut,
  isSplit,
  measuresOf,
  rankingValueText,
  rankingOverK,
  rankingLeftOut,
  rankingOverSteps,
  rankingSentence,
  rankingStepsTable,
  seriesTable,
  shownPopulation,
  targetsColumn,
  splitName,
  splitOf,
  splitsOf,
  largestUserCount,
  whenAndWhom,
} from '../../../../readings/series/rankingData';

const HEIGHT = 240;

const PICKED = message('Only the users picked in the plane of embeddings; baselines have no ranks by user.');

export function RankingOverSteps() {
  const { record, users } = useRankedRecord();
  const arms = useFigureArms(record);
  const { shown, measures, k, axis, step, pair, gone } = useRankingView(record, arms);
  const { measure, split } = shown;
  const series = rankingOverSteps(arms, shown, k, axis, record.spec.training.batchSize);
  const sampled = largestUserCount(arms, 'sample', splitOf(shown));
  const all = largestUserCount(arms, 'all', splitOf(shown));
  // Once all arms have ranked all users, labels, baselines and sentence are about all of them.
  const population = all > 0 ? 'all' : 'sample';
  const watched = record.spec.evaluation.watch === 'validation';
  const name = () => t('{measure} over steps', { measure: measureName(measure, 'K') });
  return (
    <Panel
      name={name}
      title={measure.better === null ? t('How much of the catalogue do the lists cover?') : t('Is the next item ranked higher?')}
      controls={
        <RankingControls
          ks={record.spec.evaluation.ks}
          measure={measure}
          measures={measures}
          split={split}
          splits={splitsOf(record)}
        />
      }
      absent={gone}
      leftOut={leftOut(record, 'measures', 'lists')}
      table={() => rankingStepsTable(arms, k, split, ranksGivenPools(record.spec))}
      sentence={rankingSentence(pair, arms, shown, k, step)}
      caption={
        <>
          <Definition measure={measure} k={k} record={record} /> {isSplit(measure) && splitWords(split)}
          {measure.ranksOf && ` ${t('Whiskers: 95 % bootstrap over users, one seed.')}`}{' '}
          {t(
            '{sample, select, none {No evaluation on a sample} watched {Filled markers: the same {n} sampled users at every step, validation targets} other {Filled markers: the same {n} sampled users at every step}}{all, select, none {} other {; open markers: all {m} users at the end, test targets}}.',
            {
              sample: sampled === 0 ? 'none' : watched ? 'watched' : 'some',
              n: count(sampled),
              all: all === 0 ? 'none' : 'some',
              m: count(all),
            },
          )}{' '}
          {users !== null && t(PICKED)}
          {users === null && (
            <T
              text="{population, select, sample {Baselines on the sampled users} other {Baselines on all users}}; <term>zero-shot</term> is untrained{sasrec, select, none {} other {, SASRec-size was trained for {sasrec} steps on item IDs alone}}."
              values={{
                population,
                sasrec: record.baselines.sasrec ? count(record.baselines.sasrec.steps) : 'none',
                term: (inside) => <Term id="zeroShot">{inside}</Term>,
              }}
            />
          )}{' '}
          {users === null && <Untrained record={record} />}
        </>
      }
    >
      <TrainingChart
        name={name}
        height={HEIGHT}
        series={series}
        references={users === null ? baselineLines(record.baselines, population, shown, k) : []}
        yKind="linear"
        formatY={(value) => rankingValueText(measure, value)}
        include={[0]}
        yLabel={() => yLabel(measure, k)}
        labelNote={(n) =>
          n === null && all > 0 ? t('all {n} users', { n: count(all) }) : t('{n} users', { n: count(n ?? sampled) })
        }
        training={record.spec.training}
      />
    </Panel>
  );
}

/** What the baselines of texts and of behaviour are, or why the run lacks them. */
function Untrained({ record: { baselines, easeLeftOut } }: { readonly record: Pick<RunRecord, 'baselines' | 'easeLeftOut'> }) {
  if (!baselines.tfidf) return t('TF-IDF and EASE were not measured in this run.');
  return (
    <>
      <T
        text="<tfidf>TF-IDF</tfidf> of the items’ texts is untrained, too{solved, select, none {} other {; <ease>EASE</ease> is solved in closed form}}."
        values={{
          solved: baselines.ease ? 'yes' : 'none',
          tfidf: (inside) => <Term id="tfidf">{inside}</Term>,
          ease: (inside) => <Term id="ease">{inside}</Term>,
        }}
      />{' '}
      {easeLeftOut && easeLeftOutSentence(easeLeftOut)}
    </>
  );
}

export function RankingOverK() {
  const { record, users } = useRankedRecord();
  const arms = useFigureArms(record);
  const { shown: chosen, step, pair, gone } = useRankingView(record, arms);
  const shown = chosen.measure.atK ? chosen : { ...chosen, measure: rankingMeasure('hr') };
  const { measure } = shown;
  const [hovered, setHovered] = useState<number | null>(null);
  const series = rankingOverK(users === null ? record : { ...record, baselines: null }, arms, step, shown);
  const measured = record.spec.evaluation.ks.filter((k) => series.some(({ points }) => points.some((point) => point.x === k)));
  const ks = measured.length > 0 ? measured : record.spec.evaluation.ks;
  const largest = Math.max(...ks);
  const first = oneOf(evaluationsAt(arms, step));
  const when = first ? whenAndWhom(first, first.targets[splitOf(shown)] ?? 0) : '';
  const name = () => t('{measure} over K', { measure: measure.name });
  return (
    <Panel
      name={name}
      title={t('At what depth of the list?')}
      absent={gone}
      table={() => seriesTable(series, 'K', measure.name, targetsColumn(splitOf(shown), ranksGivenPools(record.spec)))}
      sentence={rankingSentence(pair, arms, shown, largest, step)}
      caption={
        <>
          <T
            text="<term>{measure}@K</term> for K = {ks} {when}{recall, select, yes {; with one target per user this is also recall} other {}}{pool, select, none {} other { in {pool}; not comparable with the whole catalogue}}."
            values={{
              measure: measure.name,
              ks: ks.join(', '),
              when,
              recall: measure.id === 'hr' ? 'yes' : 'no',
              pool: poolWords(measure, record) ?? 'none',
              term: (inside) => <Term id={measure.id}>{inside}</Term>,
            }}
          />
          {ranksGivenPools(record.spec) && !measure.id.startsWith('pool-') && ` ${t(CATALOGUE)}`}{' '}
          {users !== null
            ? t(PICKED)
            : shownPopulation(arms, step) === 'all'
              ? t('Baselines on all users.')
              : t('Baselines on the same sampled users.')}
          {measure.ranksOf && ` ${t('Whiskers: 95 % bootstrap over users, one seed.')}`}
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
        formatY={(value) => rankingValueText(measure, value)}
        include={[0]}
        xLabel={() => t('K, logarithmic')}
        yLabel={() => yLabel(measure, 'K')}
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
  retrieved: message('up to a quarter the nearest by item-kNN, a quarter the most popular, the rest at random'),
  uniform: message('at random'),
  exposed: message('those shown with the click, the rest at random'),
};

const CATALOGUE = message('Over the whole catalogue, of the targets that came with a candidate set.');

/** How the candidates were chosen, within a sentence; null if the measure does not depend on them. */
function poolWords({ id }: RankingEntry, record: RunRecord): string | null {
  if (!id.startsWith('pool-')) return null;
  const { poolFrom, poolSeed } = record.spec.evaluation;
  const sizes = poolSizes(record);
  return poolFrom === 'given'
    ? t('the given pool of {sizes} (target included; from the log’s files), the same for all arms and steps', { sizes })
    : t('a sampled pool of {sizes} (target included; {how}; seed {seed}), drawn once for all arms and steps', {
        sizes,
        how: t(POOL_WORDS[poolFrom]),
        seed: String(poolSeed),
      });
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
  const given = pool !== null && onlyGiven;
  return (
    <>
      <i>{measureName(measure, k)}.</i> {definitionAt(measure, k)}
      {pool !== null && ` ${t('Ranked in {pool}; not comparable with the whole catalogue.', { pool })}`}
      {record.spec.evaluation.maskHistory && measure.atK && !given && ` ${t('Users’ own histories are left out.')}`}
      {onlyGiven && !given && ` ${t(CATALOGUE)}`}
    </>
  );
}

function useRankingView(record: RunRecord, arms: ReturnType<typeof useFigureArms>) {
  const { ks } = record.spec.evaluation;
  const measures = measuresOf(record, ks);
  const chosenMeasure = useView((view) => view.measure);
  const measure =
    measures.find(({ id }) => id === chosenMeasure) ?? rankingMeasure(isLeftOut(record, chosenMeasure) ? chosenMeasure : 'hr');
  const chosenK = useView((view) => view.k);
  const chosenSplit = useView((view) => view.split);
  const split = splitsOf(record).includes(chosenSplit) || lacks(record, 'splits') ? chosenSplit : 'all';
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const chosenPair = useView((view) => view.difference);
  const k = ks.includes(chosenK) ? chosenK : (ks[0] ?? 1);
  const gone = rankingLeftOut(record, { measure, split });
  return { shown: { measure, split }, measures, k, axis, step, pair: comparedArms(arms, chosenPair), gone };
}

const GROUP_SENTENCES = {
  'one-hop': message('Only targets that directly follow the last item of their history in some training history.'),
  'multi-hop': message('Only targets that never directly follow the last item of their history in training.'),
  head: message('Only targets among the 10 % of items with the most training events.'),
  tail: message('Only targets among the 90 % of items with the fewest training events.'),
  'short-history': message('Only targets with fewer than {low} events before them.'),
  'medium-history': message('Only targets with {low} to {high} events before them.'),
  'long-history': message('Only targets with {many} events or more before them.'),
} as const satisfies Readonly<Record<TargetGroup, Text>>;

function splitWords(split: RankedSplit): string {
  if (split === 'all') return t('All targets.');
  if (split === 'warm') return t('Warm targets only: seen in training.');
  if (split === 'cold') return t('Cold targets only: never seen in training.');
  return t(GROUP_SENTENCES[split], { low: MEDIUM_HISTORY, high: LONG_HISTORY - 1, many: LONG_HISTORY });
}

interface RankingControlsProps {
  readonly ks: readonly number[];
  readonly measure: RankingEntry;
  readonly measures: readonly RankingEntry[];
  readonly split: RankedSplit;
  readonly splits: readonly RankedSplit[];
}

function RankingControls({ ks, measure, measures, split, splits }: RankingControlsProps) {
  const k = useView((view) => view.k);
  return (
    <>
      <Select
        label={t('Measure')}
        value={measure.id}
        options={[...new Set([...measures, measure])].map(({ id, name }) => ({ value: id, label: name }))}
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
          label={t('Targets')}
          value={split}
          options={[...new Set([...splits, split])].map((value) => ({ value, label: splitName(value) }))}
          onChange={(next) => {
            setView({ split: next });
          }}
        />
      )}
    </>
  );
}

const AXES: readonly { value: XAxis; label: string }[] = [
  { value: 'step', label: message('steps') },
  { value: 'examples', label: message('examples') },
  { value: 'seconds', label: message('seconds') },
];

/** The x axis of every chart over training. */
export function XAxisControl() {
  const axis = useView((view) => view.xAxis);
  return (
    <Segments
      label={t('x axis')}
      value={axis}
      options={AXES.map(({ value, label }) => ({ value, label: t(label) }))}
      onChange={(xAxis) => {
        setView({ xAxis });
      }}
    />
  );
}
