/** What the receiver of a run in a link reads: what the sender reads, or that it is not in the link. */
import { act, cleanup, render } from '@testing-library/react';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Table } from '../../../charts/export/table';
import type { LineSeries } from '../../../scene/charts/series';
import { entries, measureText as textOf } from '../../../measures/measures';
import { rankedSchema, runRecordSchema, type RunRecord } from '../../../record/runRecord';
import { leftOut } from '../../../record/shortened';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { armsOf, comparedArms } from '../../../readings/arms/armsOf';
import { attentionColumns, limitOverSteps } from '../../../readings/series/attentionData';
import { AttentionPanel } from '../../features/figure/attention/AttentionPanel';
import { LayerPanel } from '../../features/figure/closer/LayerPanel';
import { PlanePanel } from '../../features/figure/closer/PlanePanel';
import { SpectrumPanel } from '../../features/figure/closer/SpectrumPanel';
import { baseLine, chartedMeasures, collapseSeries, collapseTable, formatMeasure } from '../../../readings/series/collapseData';
import { CollapsePanel } from '../../features/figure/collapse/CollapsePanel';
import { FidelityPanel } from '../../features/figure/fidelity/FidelityPanel';
import { InferencePanel } from '../../features/figure/inference/InferencePanel';
import { LossPanel } from '../../features/figure/losses/LossPanel';
import {
  baselineLines,
  measuresOf,
  rankingValueText,
  rankingOverK,
  rankingOverSteps,
  rankingStepsTable,
} from '../../../readings/series/rankingData';
import { RankingOverK, RankingOverSteps } from '../../features/figure/ranking/RankingPanels';
import { ReadingPanel } from '../../features/figure/readings/ReadingPanel';
import { StatusStrip } from '../../shell/runbar/StatusStrip';
import { drawnCases, drawnWays } from '../../../testing/drawnCases';
import { showRecord, useExperiment } from '../run/experiment';
import { SessionContext } from '../session/SessionContext';
import { setView, useView, type View } from '../view/view';
import { Verdict } from '../../features/figure/verdict/Verdict';
import { verdictOf } from '../../../readings/verdict/verdict';
import { FORMS, packAs, packRun, readPacked, unpackRun, type Form } from '../../../files/packedRun';
import { linkedView } from '../../../files/shareTargets';
import { fitView, readViewLink, writeViewLink } from '../../../files/viewLink';

/** `npm test -- --all-cases` tries all of them in every form. */
const NAMES = readdirSync('public/recorded').flatMap((file) => /^([\w-]+)\.run\.json\.gz$/.exec(file)?.[1] ?? []);

/** Forms in which a link leaves something out, by their place. */
const SHORTENED = [...FORMS.entries()].flatMap(([place, form]) => (form === null ? [] : [[place, form] as const]));

function recorded(name: string): RunRecord {
  return runRecordSchema.parse(JSON.parse(gunzipSync(readFileSync(`public/recorded/${name}.run.json.gz`)).toString()) as unknown);
}

/** What stands where something is not in the link. */
const SAID = /Not in the link or file: [^.]*\.|cannot be told|not in the link/;

function Everything() {
  return (
    <SessionContext value={{} as never}>
      <StatusStrip />
      <Verdict />
      <AttentionPanel />
      <RankingOverSteps />
      <RankingOverK />
      <LossPanel />
      <CollapsePanel />
      <LayerPanel />
      <SpectrumPanel />
      <PlanePanel />
      <FidelityPanel />
      <InferencePanel />
      <ReadingPanel />
    </SessionContext>
  );
}

/**
 * The page's sentences by place: those of the verdict, each panel's title, sentence and caption, the arms'
 * progress.
 */
function read(record: RunRecord, view: Partial<View>): Map<string, string> {
  useExperiment.setState({ ...EMPTY_EXPERIMENT });
  showRecord(record, 'file');
  setView({
    lossTerm: 'action',
    smoothing: 0.8,
    closer: 'layers',
    split: 'all',
    gridMeasure: 'firstHalfSinkRate',
    xAxis: 'step',
  });
  setView(view);
  const { container, unmount } = render(<Everything />);
  const found = new Map<string, string>();
  const put = (place: string, element: Element): void => {
    found.set(place, element.textContent);
  };
  container.querySelectorAll('[data-arms] li').forEach((one, at) => {
    put(`progress ${at}`, one);
  });
  const verdict = container.querySelector('[aria-label="Verdict"]');
  verdict?.querySelectorAll('p, dl > div').forEach((one, at) => {
    if (one.closest('[aria-label="What each model writes"]') === null) put(`verdict ${at}`, one);
  });
  for (const section of container.querySelectorAll('[aria-label="What each model writes"]'))
    put(section.getAttribute('aria-label')!, section);
  for (const figure of container.querySelectorAll('figure')) {
    const name = figure.getAttribute('aria-label')!;
    for (const [part, selector] of [
      ['title', 'h2'],
      ['sentence', 'figcaption > p'],
      ['caption', 'figcaption > div'],
    ] as const) {
      const element = figure.querySelector(selector);
      if (element) put(`${name}: ${part}`, element);
    }
  }
  act(unmount);
  return found;
}

const numbers = (text: string): string[] => text.match(/\d[\d.,]*\d|\d/g) ?? [];

/**
 * Every text of the receiver's is the sender's, or says what is not in the link, with no number that the
 * sender's lacks.
 */
function compare(sent: Map<string, string>, received: Map<string, string>, where: string): void {
  for (const [place, text] of sent) {
    const other = received.get(place);
    if (other === undefined) {
      // Only captions go with their figures.
      expect(place, where).toMatch(/: caption$/);
      const said = received.get(place.replace(/: caption$/, ': sentence'));
      expect(said ?? 'nothing', `${where}, ${place}`).toMatch(SAID);
    } else if (SAID.test(other)) {
      const told = new Set(numbers(text));
      expect(
        numbers(other.replace(SAID, '')).filter((number) => !told.has(number)),
        `${where}, ${place}: ${other} instead of ${text}`,
      ).toEqual([]);
    } else expect(other, `${where}, ${place}`).toBe(text);
  }
}

/** Zero-shot ranks as the first arm does at the end, with its ranks. */
function withRanksOfBaselines(record: RunRecord): RunRecord {
  const [all] = record.arms[0]!.evaluations.filter(({ population }) => population === 'all').slice(-1);
  const [sample] = record.arms[0]!.evaluations.filter(({ population }) => population === 'sample').slice(-1);
  const zeroShot = { ...record.baselines.zeroShot, sample: rankedSchema.parse(sample), all: rankedSchema.parse(all) };
  return { ...record, baselines: { ...record.baselines, zeroShot } };
}

/** Views of a run, in what matters to sentences. */
function viewsOf(record: RunRecord): Partial<View>[] {
  const { ks } = record.spec.evaluation;
  const ids = record.arms.map(({ id }) => id);
  const middle = record.arms[0]!.attention.at(2)?.step ?? 0;
  const usual = {
    step: null,
    probe: 1,
    layer: 1,
    head: 2,
    k: ks.includes(10) ? 10 : ks[0]!,
    measure: 'hr',
    split: 'all',
  } as const;
  return [
    usual,
    { ...usual, step: middle, measure: 'ndcg', xAxis: 'seconds' },
    { ...usual, step: 0, probe: 0, gridMeasure: 'contentCorrelation' },
    { ...usual, split: 'cold', k: ks.at(-1)!, lossTerm: 'rec', smoothing: 0 },
    { ...usual, split: 'head', measure: 'mrr', gridMeasure: 'barcode' },
    { ...usual, measure: 'coverage', difference: [ids[0]!, ids[1]!] },
    { ...usual, measure: 'gauc', arms: [ids[1]!], layer: 0, head: 0 },
    { ...usual, users: [0, 2, 5], difference: [ids[1]!, ids[0]!] },
  ];
}

/** In a form that may be larger than a link. */
async function receivedAs(record: RunRecord, view: Partial<View>, form: Form): Promise<RunRecord> {
  const { text } = await packAs(record, { ...useView.getState(), ...view }, form);
  const run = readPacked(inflateRawSync(Buffer.from(text, 'base64url')).toString());
  if (run.kind === 'run') return run.record;
  throw new Error(run.reason);
}

/**
 * The value of every cell that both tables have a column for, with eight digits; a missing column is said to
 * be missing.
 */
function compareTables(sent: Table, received: Table, said: string | null, where: string): void {
  for (const [at, column] of sent.columns.entries()) {
    const to = received.columns.indexOf(column);
    if (to < 0) {
      expect(said, `${where}: ${column}`).not.toBeNull();
      continue;
    }
    const cells = ({ rows }: Table, from: number) =>
      rows.map((row) => (typeof row[from] === 'number' ? row[from].toPrecision(8) : row[from]));
    expect(cells(received, to), `${where}: ${column}`).toEqual(cells(sent, at));
  }
}

function drawn(series: readonly LineSeries[], format: (value: number) => string) {
  return series.map(({ id, points, apart = [] }) => [
    id,
    ...[...points, ...apart].map(({ x, y, low, high, n }) => [
      x.toPrecision(8),
      ...[format(y), low === undefined ? '' : format(low), high === undefined ? '' : format(high), n],
    ]),
  ]);
}

describe('a run in a link reads as the sender’s, or says what it lacks', () => {
  afterEach(() => {
    cleanup();
    useExperiment.setState(EMPTY_EXPERIMENT);
    useView.setState(useView.getInitialState(), true);
  });

  it.each(drawnCases(NAMES, undefined, { least: 4 }))(
    '%s: sentences and captions, however it is cut and whatever is looked at',
    async (name) => {
      const record = recorded(name);
      // Users are picked in the plane, which is not in the link.
      const views = viewsOf(record).map((view) => ({ ...view, users: null }));
      const sent = views.map((view) => read(record, view));
      expect(sent[0]!.size).toBeGreaterThan(30);
      for (const [index, form] of drawnWays(name, SHORTENED)) {
        // As packed from one view, and then looked at in another.
        const from = index % views.length;
        const run = await receivedAs(record, views[from]!, form);
        for (const at of new Set([from, (from + 3) % views.length, (from + 5) % views.length]))
          compare(sent[at]!, read(run, views[at]!), `${name}, ${JSON.stringify(form)}, packed at ${from}, read at ${at}`);
      }
    },
  );
  it('arms beside baselines whose ranks are in the run', async () => {
    const record = withRanksOfBaselines(recorded('collapse'));
    const view = viewsOf(record)[0]!;
    const sent = read(record, view);
    // Paired, neither arm differs from what has its own ranks.
    expect([...sent.values()].join(' ')).toMatch(/(?:is not|Neither is) distinguishable from/);
    for (const [, form] of SHORTENED) {
      const received = [...read(await receivedAs(record, view, form), view).values()].join(' ');
      expect(received).toContain('compare with zero-shot (');
      expect(received).not.toMatch(/target by target|beats? zero-shot|stays? below|near zero-shot/);
    }
  });
  it.each(drawnCases(NAMES, undefined, { least: 3 }))('%s: through the link itself, as the page opens it', async (name) => {
    const record = recorded(name);
    for (const view of viewsOf(record)) {
      const full = { ...useView.getInitialState(), ...view };
      const packed = await packRun(record, full);
      if (packed === null) {
        // HR of every recorded run fits; other measures of many arms may not.
        expect(record.arms.length).toBeGreaterThan(2);
        expect(full.measure).not.toBe('hr');
        continue;
      }
      const { query, hash } = writeViewLink({ kind: 'packed', text: packed.text }, linkedView(full), record);
      const link = readViewLink(query, hash);
      expect(link.problems).toEqual([]);
      if (link.run?.kind !== 'packed') throw new Error('no run');
      const run = await unpackRun(link.run.text);
      if (run.kind !== 'run') throw new Error(run.reason);
      const fitted = fitView(run.record, link.view);
      expect(fitted.problems.join(' ')).toMatch(
        view.users ? /^The ranking is of all users.*Not in the link or file: .*\.$/ : /^$/,
      );
      // Users that cannot be picked are named above; the rest is what the sender sees of all users.
      compare(read(record, { ...view, users: null }), read(run.record, fitted.view), `${name}, ${query}`);
    }
  });

  it.each(drawnCases(NAMES, undefined, { least: 4 }))('%s: numbers of charts, tables, maps and measures', async (name) => {
    const record = recorded(name);
    const { ks } = record.spec.evaluation;
    const { batchSize } = record.spec.training;
    for (const view of viewsOf(record).slice(0, 3)) {
      for (const [, form] of drawnWays(`${name} ${view.measure}`, SHORTENED)) {
        const run = await receivedAs(record, view, form);
        const where = `${name}, ${JSON.stringify(form)}`;
        const [sent, got] = [armsOf(record), armsOf(run)];
        for (const measure of measuresOf(record, ks)) {
          if (!measuresOf(run, ks).includes(measure)) {
            expect(leftOut(run, 'measures', 'lists'), where).not.toBeNull();
            continue;
          }
          const shown = { measure, split: 'all' } as const;
          const format = (value: number) => rankingValueText(measure, value);
          for (const k of ks)
            for (const axis of ['step', 'seconds'] as const)
              expect(drawn(rankingOverSteps(got, shown, k, axis, batchSize), format), where).toEqual(
                drawn(rankingOverSteps(sent, shown, k, axis, batchSize), format),
              );
          expect(drawn(rankingOverK(run, got, view.step ?? null, shown), format), where).toEqual(
            drawn(rankingOverK(record, sent, view.step ?? null, shown), format),
          );
          for (const population of ['sample', 'all'] as const) {
            const lines = (of: RunRecord) =>
              baselineLines(of.baselines, population, shown, ks[0]!).map(({ id, value }) => [id, format(value)]);
            expect(lines(run), where).toEqual(lines(record));
          }
        }
        for (const measure of chartedMeasures(sent)) {
          const format = formatMeasure(measure);
          expect(drawn(collapseSeries(got, measure, 'step', batchSize), format), where).toEqual(
            drawn(collapseSeries(sent, measure, 'step', batchSize), format),
          );
          const line = (of: RunRecord) => baseLine(of, measure).map(({ value }) => format(value));
          expect(line(run), where).toEqual(line(record));
        }
        compareTables(collapseTable(record, sent), collapseTable(run, got), leftOut(run, 'shapes'), where);
        compareTables(
          rankingStepsTable(sent, ks[0]!, 'all', false),
          rankingStepsTable(got, ks[0]!, 'all', false),
          leftOut(run, 'measures', 'lists'),
          where,
        );
        // Every measure that runs, grids and exports read.
        for (const measure of entries())
          for (const [a, arm] of record.arms.entries())
            for (const [e, evaluation] of arm.evaluations.entries()) {
              const value = measure.of(run.arms[a]!.evaluations[e]!);
              const whole = measure.of(evaluation);
              if (value !== null) expect(textOf(measure, value), `${where} ${measure.id}`).toBe(textOf(measure, whole!));
              else if (whole !== null) expect(leftOut(run, 'shapes', 'fidelity'), `${where} ${measure.id}`).not.toBeNull();
            }
        for (const at of [view, { ...view, layer: 0 }, { ...view, head: 0 }, { ...view, probe: 0 }]) {
          const head = { probe: at.probe!, layer: at.layer!, head: at.head! };
          const columns = attentionColumns(record, sent, head, view.step ?? null);
          attentionColumns(run, got, head, view.step ?? null).forEach(({ map, leftOut: gone }, i) => {
            if (map !== null) expect(map, where).toEqual(columns[i]!.map);
            else expect(gone, where).toMatch(SAID);
            if (at === view && form.maps !== 'maps') expect(map, where).not.toBeNull();
          });
          const pair = (arms: typeof sent) => comparedArms(arms, null)!;
          const limit = limitOverSteps(...pair(got), head);
          if (limit !== null) expect(limit, where).toBe(limitOverSteps(...pair(sent), head));
        }
        for (const { step } of record.arms[0]!.evaluations) {
          const [whole, cut] = [verdictOf(record, step)!, verdictOf(run, step)!];
          // Whether a loss rose is read from its steps, whether an arm is below a baseline from ranks.
          const gone = leftOut(run, 'losses');
          const told = ({ limits }: typeof whole) =>
            limits.filter((one) => one !== gone && !/^(?:The action loss|(?:Whether b|B)oth rank below)/.test(one));
          const said = cut.sentences.flatMap(({ topic, text }) => (SAID.test(text) ? [topic] : []));
          expect(said, where).toContain('ranking');
          const rest = ({ sentences }: typeof whole) => sentences.filter(({ topic }) => !said.includes(topic));
          expect([cut.when, told(cut), rest(cut)], where).toEqual([whole.when, told(whole), rest(whole)]);
          expect(cut.limits.includes(gone ?? ''), where).toBe(gone !== null && 2 * step >= record.spec.training.steps);
        }
      }
    }
  });
});
