import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalTable } from '../cli/finalTable';
import { summariseRecords } from '../cli/summarise';
import { comparableSummaries } from '../experiment/grid/armSummary';
import { addToRecord, emptyArm, type RecordEvent } from './addToRecord';
import { CHALLENGES } from '../learn/challenges';
import { at, final, hitDifference, inHead } from '../learn/quantities';
import { SINK_ENTRIES } from '../measures/entries';
import { entry, measureName, rankingMeasure, read } from '../measures/measures';
import { methodsParagraph } from '../readings/methods/methodsParagraph';
import { attentionColumns } from '../readings/series/attentionData';
import { layerSentence, layerSeries, positionSeries } from '../readings/series/layerData';
import { planeColumns } from '../readings/series/planeData';
import { spectra } from '../readings/series/spectrumData';
import { armsOf, comparedArms } from '../readings/arms/armsOf';
import { collapseSentence, collapseSeries } from '../readings/series/collapseData';
import { fidelities, semanticOverlaps } from '../readings/series/fidelityData';
import {
  rankingOverK,
  rankingOverSteps,
  rankingSentence,
  shownPopulation,
  largestUserCount,
} from '../readings/series/rankingData';
import { readingSentence, readingTable } from '../readings/series/readingData';
import { percent } from '../readings/format';
import { curvesOf } from '../readings/runs/curves';
import { describeRun } from '../readings/runs/runEntry';
import { packRun, unpackRun } from '../files/packedRun';
import { contrastingHead } from '../page/state/view/view';
import { verdictOf } from '../readings/verdict/verdict';
import { writtenTexts } from '../readings/verdict/writtenTexts';
import type { RecordedId } from '../recipe/recordedFiles';
import { shippedEvidence } from '../testing/shippedEvidence';
import { comparedEvaluations } from './comparedEvaluations';
import type { StepRow } from './runEvents';
import type { Evaluation, RunRecord } from './runRecord';

const { runs } = shippedEvidence();
/** Recorded runs of two, three and four arms. */
const RECORDED: readonly RecordedId[] = ['quick', 'strong', 'rank'];
const STRONG = runs.get('strong')!;

/** What a recorded run reported, arm after arm in this order. */
function eventsOf(record: RunRecord, order: readonly string[]): RecordEvent[] {
  const arms = order.map((id) => record.arms.find((arm) => arm.id === id)!);
  const evaluations = (step: number, population: Evaluation['population']): RecordEvent[] =>
    arms.flatMap(({ id, evaluations: own, attention }) =>
      own
        .filter((one) => one.step === step && one.population === population)
        .map((one) => {
          const { fidelity: _, ...evaluation } = one;
          return { type: 'evaluation' as const, arm: id, evaluation, attention: attention.find((other) => other.step === step)! };
        }),
    );
  const steps = [0, ...arms[0]!.steps.step];
  return [
    ...steps.flatMap((step): RecordEvent[] => [
      ...arms.flatMap(({ id, steps: columns }): RecordEvent[] => {
        const row = columns.step.indexOf(step);
        const values = Object.entries(columns).map(([name, column]) => [name, column[row] ?? null]);
        return row < 0 ? [] : [{ type: 'step', arm: id, columns: Object.fromEntries(values) as StepRow }];
      }),
      ...evaluations(step, 'sample'),
    ]),
    ...evaluations(steps.at(-1)!, 'all'),
    ...arms.flatMap(({ id, evaluations: own }): RecordEvent[] => {
      const fidelity = own.at(-1)?.fidelity;
      return fidelity ? [{ type: 'fidelity', of: { arm: id }, fidelity }] : [];
    }),
    ...(record.inference ? [{ type: 'inference' as const, inference: record.inference }] : []),
    ...(record.base.testSinks ? [{ type: 'test-sinks' as const, testSinks: record.base.testSinks }] : []),
    { type: 'finished' },
  ];
}

/** A recorded run that ended after some of what it reported. */
function endedAfter(record: RunRecord, order: readonly string[], events: readonly RecordEvent[]): RunRecord {
  const { testSinks: _, ...base } = record.base;
  const { inference: __, ...kept } = record;
  const ended: RunRecord = { ...kept, base, arms: order.map(emptyArm), complete: false };
  for (const event of events) addToRecord(ended, event);
  return ended;
}

const isEvaluation = ({ type }: RecordEvent): boolean => type === 'evaluation';

/** A run of two or more arms, in any order, that ended after some of its events. */
interface End {
  readonly id: RecordedId;
  readonly order: readonly string[];
  readonly end: number;
  /** The step that a reader looks at; null for the last one. */
  readonly step: number | null;
}

type Ended = Pick<End, 'id' | 'step'> & { readonly record: RunRecord };

/** Most of them ended between two evaluations of one round, a third between those of the last one. */
const ENDS: fc.Arbitrary<End> = fc.constantFrom(...RECORDED).chain((id) => {
  const record = runs.get(id)!;
  const ids = record.arms.map((arm) => arm.id);
  return fc.shuffledSubarray(ids, { minLength: 2 }).chain((order) => {
    const events = eventsOf(record, order);
    const between = events.flatMap((event, i) => (isEvaluation(event) ? [i + 1] : []));
    return fc.record({
      ...{ id: fc.constant(id), order: fc.constant(order) },
      end: fc.oneof(fc.nat(events.length), fc.constantFrom(...between), fc.constantFrom(...between.slice(-order.length))),
      step: fc.oneof(fc.constant(null), fc.nat(record.spec.training.steps)),
    });
  });
});

function endedAt({ id, order, end, step }: End): Ended {
  const record = runs.get(id)!;
  return { id, step, record: endedAfter(record, order, eventsOf(record, order).slice(0, end)) };
}

/** Step, population and number of targets. */
function targetsOf({ step, population, targets }: Evaluation): string {
  return JSON.stringify([step, population, targets.all]);
}

/**
 * The same run without the evaluations, and the attention, that only some of its arms have: whoever takes
 * them from each arm alone compares the same targets.
 */
function evened(record: RunRecord): RunRecord {
  const evaluated = record.arms.filter(({ evaluations }) => evaluations.length > 0);
  const common = (key: string): boolean =>
    evaluated.every(({ evaluations }) => evaluations.some((one) => targetsOf(one) === key));
  const steps = (step: number): boolean => evaluated.every(({ attention }) => attention.some((one) => one.step === step));
  return {
    ...record,
    arms: record.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.filter((one) => common(targetsOf(one))),
      attention: arm.attention.filter(({ step }) => steps(step)),
    })),
  };
}

const HR = { measure: rankingMeasure('hr'), split: 'all' } as const;
const HEAD = { probe: 0, layer: 0, head: 0 };
const [SINKS] = SINK_ENTRIES;

/** Everything that shows arms beside each other. */
const READERS: Readonly<Record<string, (ended: Ended) => unknown>> = {
  verdict: ({ record, step }) => verdictOf(record, step),
  'written texts': ({ record, step }) => writtenTexts(record, step),
  'a measure by its ID': ({ record }) => record.arms.map(({ id }) => read(record, id, 'hr@10')),
  'ranking, in words': ({ record, step }) => {
    const arms = armsOf(record);
    return rankingSentence(comparedArms(arms, null), arms, HR, 10, step);
  },
  'ranking over K': ({ record, step }) => rankingOverK(record, armsOf(record), step, HR),
  'ranking over steps': ({ record }) => {
    const arms = armsOf(record);
    const series = rankingOverSteps(arms, HR, 10, 'step', record.spec.training.batchSize);
    return [series.map(({ apart }) => apart), largestUserCount(arms, 'all', 'all')];
  },
  'baselines beside arms': ({ record, step }) => shownPopulation(armsOf(record), step),
  'collapse, in words': ({ record, step }) => {
    const arms = armsOf(record);
    return collapseSentence(record, comparedArms(arms, null), arms, step);
  },
  'collapse over steps': ({ record }) =>
    collapseSeries(armsOf(record), entry('rankMeInterest'), 'step', 1).map(({ apart }) => apart),
  'sinks by layer': ({ record, step }) => {
    const arms = armsOf(record);
    const series = layerSeries(record, arms, SINKS, null, step);
    return [series, layerSentence(series, comparedArms(arms, null), arms, SINKS, step), positionSeries(record, arms, step)];
  },
  plane: ({ record, step }) => planeColumns(record, armsOf(record), step),
  spectra: ({ record, step }) => spectra(armsOf(record), 'interest', step),
  'attention maps': ({ record, step }) => attentionColumns(record, armsOf(record), HEAD, step),
  'the head that opens': ({ record }) => contrastingHead(record),
  fidelity: ({ record }) => [fidelities(record, armsOf(record)), semanticOverlaps(record, armsOf(record))],
  readings: ({ record, step }) => [readingSentence(armsOf(record), step), readingTable(armsOf(record), record.probes, step)],
  challenges: ({ record }) => CHALLENGES.flatMap(({ conditions }) => conditions.map((found) => found(record))),
  lessons: ({ id, record, step }) => {
    const evidence = { runs: new Map([[id, record]]), sweep: null };
    return [
      ...record.arms.flatMap((arm) => [
        final(id, arm.id, 'hr@10'),
        final(id, arm.id, 'firstHalfSinkRate'),
        at(id, arm.id, 'rankMeInterest', step),
        inHead(id, arm.id, 'itemAlpha', 0, 0),
      ]),
      hitDifference(id, record.arms[1]!.id, record.arms[0]!.id, 10),
    ].map(({ text }) => text(evidence));
  },
  'final table of the command line': ({ record }) => finalTable(record),
  'table of runs': ({ record }) => describeRun(record, { status: 'stopped' }).arms,
  'curves of runs': ({ record }) =>
    [...curvesOf(record)].map(([id, { points, ranks }]) => [id, ranks, points.filter(({ population }) => population === 'all')]),
  'methods paragraph': ({ record }) => methodsParagraph(record),
};

describe('a run that ended anywhere', () => {
  it.each(Object.keys(READERS))('%s: arms have the same targets', (name) => {
    const reader = READERS[name]!;
    fc.assert(
      fc.property(ENDS, (end) => {
        const ended = endedAt(end);
        const said = (of: Ended): string => JSON.stringify(reader(of), null, 1);
        expect(said(ended)).toBe(said({ ...ended, record: evened(ended.record) }));
      }),
      { numRuns: 40 },
    );
  });

  it('compares what all arms have, and the latest of it', () => {
    fc.assert(
      fc.property(ENDS, (end) => {
        const { record, step } = endedAt(end);
        const found = [...comparedEvaluations(record.arms, step).values()];
        const known = evened(record).arms.map(({ evaluations }) =>
          evaluations.filter((one) => step === null || one.step <= step),
        );
        const evaluated = known.filter((own) => own.length > 0);
        expect(found).toHaveLength(evaluated.length);
        expect(new Set(found.map(targetsOf)).size).toBe(evaluated.length === 0 ? 0 : 1);
        for (const [i, own] of evaluated.entries()) expect(targetsOf(found[i]!)).toBe(targetsOf(own.at(-1)!));
      }),
    );
  });

  it('says in the verdict which targets its numbers are of', () => {
    fc.assert(
      fc.property(ENDS, (end) => {
        const { record, step } = endedAt(end);
        const said = verdictOf(record, step);
        if (said === null) return;
        const [, users, kind] = / on ([\d,]+) (test|sampled validation) users$/.exec(said.when)!;
        const at = /^After ([\d,]+) /.exec(said.when)?.[1] ?? '0';
        const number = (text: string): number => Number(text.replaceAll(',', ''));
        const wanted = JSON.stringify([number(at), kind === 'test' ? 'all' : 'sample', number(users!)]);
        const { text } = said.sentences.find(({ topic }) => topic === 'ranking')!;
        for (const { id, evaluations } of record.arms) {
          const own = evaluations.filter((one) => targetsOf(one) === wanted);
          expect(own, id).toHaveLength(Number(evaluations.length > 0));
          for (const { values } of own) expect(text).toContain(`${percent(values['hr@10']!)}\u00a0%`);
        }
      }),
    );
  });
});

describe('a run that ended between the final evaluations of two arms', () => {
  const order = STRONG.arms.map(({ id }) => id);
  const events = eventsOf(STRONG, order);
  const first = events.findIndex((event) => event.type === 'evaluation' && event.evaluation.population === 'all');
  const ended = endedAfter(STRONG, order, events.slice(0, first + 1));

  it('is what the events of the whole run make, but for its end', () => {
    expect(ended.arms.map(({ evaluations }) => evaluations.at(-1)!.population)).toEqual([
      'all',
      'sample',
      'sample',
      'sample',
      'sample',
    ]);
    const whole = endedAfter(STRONG, order, events);
    expect(whole.arms.map(({ evaluations }) => evaluations)).toEqual(STRONG.arms.map(({ evaluations }) => evaluations));
    expect(verdictOf(whole, null)).toEqual(verdictOf(STRONG, null));
    expect(verdictOf(whole, null)!.when).toBe('After 562 steps, on 3,000 test users');
  });

  it('is compared on the sampled users, whoever shows it', () => {
    expect(verdictOf(ended, null)!.when).toBe('After 562 steps, on 300 sampled validation users');
    const arms = armsOf(ended);
    expect(rankingSentence(comparedArms(arms, null), arms, HR, 10, null)).toContain('at step 562 (300 sampled users)');
    expect(shownPopulation(arms, null)).toBe('sample');
    expect(describeRun(ended, { status: 'stopped' }).arms.map(({ last }) => [last?.population, last?.users])).toEqual(
      order.map(() => ['sample', 300]),
    );
    const table = finalTable(ended);
    expect(table).toContain('After 562 of 562 steps, on 300 sampled validation users: not every arm was evaluated on all test');
    const row = table.split('\n').find((line) => line.startsWith(measureName(rankingMeasure('hr'), 10)))!;
    const zeroShot = (100 * ended.baselines.zeroShot.sample.values['hr@10']!).toFixed(1);
    expect(row).toContain(` ${zeroShot} `);
    expect(() => summariseRecords([{ ...ended, complete: true }], ['a.json'])).toThrow('a.json is not a finished run.');
    expect(methodsParagraph(ended)).not.toContain('final figures');
  });

  it.each(['all', 'sample'] as const)('is compared so in a link, too, and between two evaluations on %s', async (population) => {
    // A link has no room for three arms.
    const two = runs.get('collapse')!;
    const told = eventsOf(two, ['action', 'karma']);
    const last = told.findLastIndex((event) => event.type === 'evaluation' && event.evaluation.population === population);
    const packed = await packRun(endedAfter(two, ['action', 'karma'], told.slice(0, last)), {
      ...HEAD,
      step: null,
      measure: 'hr',
    });
    const opened = await unpackRun(packed!.text);
    if (opened.kind !== 'run') throw new Error(opened.reason);
    const { record } = opened;
    expect(verdictOf(record, null)!.when).toBe(
      population === 'all'
        ? 'After 562 steps, on 300 sampled validation users'
        : 'After 460 of 562 steps, on 300 sampled validation users',
    );
    const step = population === 'all' ? 562 : 460;
    const [action, karma] = two.arms.map(({ evaluations }) => evaluations.find((one) => one.step === step)!.values['hr@10']!);
    expect(verdictOf(record, null)!.sentences[0]!.text).toContain(
      `is ${percent(karma!)}\u00a0% against ${percent(action!)}\u00a0%, KARMA before Action`,
    );
    const [, ...maps] = attentionColumns(record, armsOf(record), HEAD, null);
    expect(maps.map(({ map, step: of }) => [map !== null, of])).toEqual(maps.map(() => [true, step]));
  });

  it('is compared so where an earlier version summarised it', () => {
    const today = describeRun(ended, { status: 'stopped' }).arms;
    const [action, ...others] = today;
    const final = describeRun(STRONG, { status: 'finished' }).arms[0]!.last!;
    expect(comparableSummaries([{ ...action!, last: final }, ...others])).toEqual(today);
    const finished = describeRun(STRONG, { status: 'finished' }).arms;
    expect(comparableSummaries(finished)).toEqual(finished);
  });
});

it('compares no evaluations of other users, though as many', () => {
  const [action, karma] = STRONG.arms.map(({ id, evaluations }) => ({ id, evaluations }));
  const others = action!.evaluations.map((one) => ({ ...one, cold: one.cold.map((cold) => 1 - cold) }));
  expect(comparedEvaluations([action!, { ...karma!, evaluations: others }], null).size).toBe(0);
  expect(comparedEvaluations([action!, karma!], null).size).toBe(2);
});
