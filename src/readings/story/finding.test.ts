import { describe, expect, it } from 'vitest';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { namedArm } from '../../recipe/namedArms';
import { evaluation, modelValues, ranking, sinks, smallRecord } from '../../testing/smallRecord';
import { armsOf } from '../arms/armsOf';
import { answerOf } from './answers';
import { findingOf } from './finding';
import type { Sweep } from '../../experiment/grid/sweep';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { frameArms, frameAt, frameAtRate, frameCurves, frameScope } from './frameData';
import { gridRatesOf, gridRunsOf } from './gridRuns';

const N = 1000;

interface Made {
  readonly hr: number;
  readonly sink: number;
  readonly nll: number;
}

/** Base model's values in `smallRecord`. */
const { base } = smallRecord();
const KEPT = { sink: 0, nll: base.values.lmNll! };

/** A record whose arms have these final HR@10, sink rates and NLL. */
function record(made: Readonly<Record<string, Made>>): RunRecord {
  const small = smallRecord();
  const final = ({ hr, sink, nll }: Made): Evaluation =>
    evaluation(small.spec.training.steps, hr, {
      population: 'all',
      ...ranking(N, hr, 0.01),
      sinks: sinks(sink),
      values: modelValues(nll, nll - small.base.values.lmNll!),
    });
  const names = Object.keys(made) as ('action' | 'karma' | 'shuffled' | 'kl' | 'random-target')[];
  return {
    ...small,
    spec: { ...small.spec, arms: names.map((name) => namedArm(name)) },
    base: { ...small.base, sinks: sinks(0) },
    arms: names.map((id) => ({ ...small.arms[0]!, id, evaluations: [final(made[id]!)] })),
    complete: true,
  };
}

describe('the finding', () => {
  const lost = { hr: 0.1, sink: 0.5, nll: base.values.lmNll! + Math.log(3) };
  const said = (made: Readonly<Record<string, Made>>): readonly string[] => findingOf(record(made), null);

  it('says what clicks alone cost, that a text loss prevents it, and that controls do as well', () => {
    const [first, second] = said({
      action: lost,
      karma: { hr: 0.1, ...KEPT },
      shuffled: { hr: 0.1, ...KEPT },
      kl: { hr: 0.1, ...KEPT, sink: 0.05 },
      'random-target': { hr: 0.1, ...KEPT },
    });
    // Targets from which nothing can be learned are no cure; a tenth of the loss is nearly none.
    expect(first).toBe(
      'Trained on clicks alone (Action), the model forgets language, and more of its attention heads get stuck. A text loss (KARMA) prevents both, and so does the text of random items and, nearly, a plain penalty on forgetting (KL).',
    );
    expect(second).toMatch(
      /^In this one run neither recommends better: the share of next items in the top 10 differs by 0\.0 points \(KARMA − Action\)\./,
    );
  });

  it('names no cure, and no prevention, where nothing is lost', () => {
    const [first] = said({ action: { hr: 0.1, ...KEPT }, karma: { hr: 0.1, ...KEPT }, kl: { hr: 0.1, ...KEPT } });
    expect(first).toContain('keeps its language, and no more of its attention heads get stuck than before');
    expect(first).toContain('So there is nothing that a text loss (KARMA) could prevent.');
    expect(first).not.toContain('penalty');
  });

  it('tells prevention of one, of part, and none apart', () => {
    const first = (karma: Made, action: Made = lost): string => said({ action, karma })[0]!;
    expect(first({ hr: 0.1, ...KEPT }, { ...lost, sink: 0 })).toMatch(
      /forgets language, but no more of its attention heads get stuck than before\. A text loss \(KARMA\) prevents it\.$/,
    );
    expect(first({ hr: 0.1, ...KEPT, sink: 0.2 })).toContain('prevents part of it.');
    expect(first(lost)).toContain('A text loss (KARMA) does not prevent either.');
  });

  it('says who ranks better, and of one arm only what became of it', () => {
    const second = (hr: number): string => said({ action: lost, karma: { hr, ...KEPT } })[1]!;
    expect(second(0.2)).toMatch(/^In this one run KARMA recommends better: .* differs by \+10\.0 points/);
    expect(second(0.05)).toMatch(/^In this one run KARMA recommends worse: /);
    expect(said({ action: lost }).join()).toContain('With one arm there is nothing to compare it with.');
    expect(findingOf({ ...record({ action: lost }), arms: [] }, null)).toHaveLength(1);
  });
});

describe('the finding over the grid behind a run', () => {
  const { runs, sweep } = shippedEvidence();
  const opening = runs.get('strong')!;
  const valuesOf = (arm: string, id: string): number[] =>
    sweep!.lines
      .find((line) => line.arm === arm)!
      .points.find(({ at }) => at === opening.spec.training.learningRate)!
      .seeds.map(({ values }) => values[id]!);

  it('is of all its runs, for the run that opens the page', () => {
    const grid = gridRunsOf(sweep, opening)!;
    expect(grid.runs).toBe(10);
    const [first, second] = findingOf(opening, grid);
    expect(first).toContain('forgets language, and more of its attention heads get stuck');
    const heads = valuesOf('action', 'firstHalfSinkRate').map((share) => Math.round(100 * share));
    const range = `${Math.min(...heads)} to ${Math.max(...heads)}\u00a0%`;
    const hits = valuesOf('action', 'hr@10');
    const gain = 100 * (hits.reduce((sum, one) => sum + one, 0) / 10 - opening.baselines.start!.all.values['hr@10']!);
    expect(second).toMatch(/differs by −\d\.\d to \+\d\.\d points \(KARMA − Action, 10 runs\)/);
    expect(second).toContain(
      `Training adds ${gain.toFixed(1)} points to what the untrained model reaches, itself the best baseline`,
    );
    // The pictured run is one of them, and its place among them is said.
    const arms = armsOf(opening);
    const scope = frameScope(opening, arms, { probe: 0, layer: 0, head: 0 }, grid, true);
    expect(scope.line).toMatch(/seed 0 of the 10 runs.* No other run has as many stuck heads \(median 11\u00a0%\)\.$/);
    expect(scope.more).toContain('where the arms differ most');
    expect(scope.more).toContain(
      `15\u00a0% of heads are stuck with Action in this run, more than in any other (all runs: ${range}, median 11\u00a0%), and 44.0\u00a0% of next items are in the top 10 (last item: `,
    );
  });

  it('is of the run alone at a rate, on a log or with an arm that no grid has', () => {
    for (const id of ['collapse', 'few', 'rank'] as const) {
      const alone = runs.get(id)!;
      expect(gridRunsOf(sweep, alone), id).toBeNull();
      expect(findingOf(alone, null)[1], id).toMatch(/^In this one run /);
    }
    const arms = opening.spec.arms.map((arm) => (arm.lambdaRec > 0 ? { ...arm, lambdaRec: 0.7 } : arm));
    const other = { ...opening, spec: { ...opening.spec, arms } };
    expect([...gridRunsOf(sweep, other)!.arms.keys()]).not.toContain('karma');
  });

  it('has a rate as soon as the grid has runs of it, whose numbers stand in the picture', () => {
    expect(gridRatesOf(sweep, opening)).toContain(5e-4);
    const ofOpening = ({ points }: Sweep['lines'][number]) => points.find(({ at }) => at === opening.spec.training.learningRate)!;
    const higher: Sweep = {
      ...sweep!,
      lines: sweep!.lines.map((line) => ({ ...line, points: [...line.points, { ...ofOpening(line), at: 4e-3 }] })),
    };
    expect(gridRatesOf(higher, opening).at(-1)).toBe(4e-3);
    const arms = armsOf(opening);
    const models = frameAtRate(opening, arms, frameArms(arms, null), gridRunsOf(higher, opening, 4e-3)!);
    expect(models.map(({ map, heads }) => [map, heads])).toEqual([
      [null, '3\u00a0%'],
      [null, '11\u00a0%'],
      [null, '1\u00a0%'],
    ]);
  });
});

describe('the answers to the questions offered first', () => {
  const { runs, sweep } = shippedEvidence();
  const [opening, collapse] = [runs.get('strong')!, runs.get('collapse')!];

  it('are of the grid behind a run, else of the run, and at its rate', () => {
    const grid = gridRunsOf(sweep, opening);
    expect(answerOf('text', opening, grid)).toMatch(
      /^Not here: KARMA 1\u00a0% of heads stuck, language kept; Shuffled text 1\u00a0% of heads stuck, language kept\.$/,
    );
    expect(answerOf('fair', opening, grid)).toMatch(
      /^At the learning rate 0\.0005, Action gains \+2\.1 .* KARMA −0\.4 to \+0\.3 on Action\.$/,
    );
    // Over users as well: over seeds alone KARMA would rank worse at this rate.
    const low = gridRunsOf(sweep, opening, 2.5e-4);
    expect(findingOf(opening, low)[1]).toMatch(/^Neither recommends better: .* −0\.5 to \+0\.1 points/);
    expect(answerOf('fair', opening, grid, 0.001)).toContain('At the learning rate 0.001');
    expect(answerOf('collapse', collapse, null)).toMatch(
      /^At the learning rate 0\.002: Action \d+\u00a0% of heads stuck, ordinary text [\d.]+×/,
    );
  });

  it('are empty where the run cannot tell', () => {
    expect(answerOf('text', collapse, null)).toBe('');
  });
});

describe('the picture', () => {
  it('shows base model, control and the chosen arm with numbers of one step, and draws the same arms', () => {
    const { runs } = shippedEvidence();
    const made = smallRecord();
    const arms = armsOf(made);
    const shown = frameArms(arms, null);
    expect(shown.map(({ id }) => id)).toEqual(['action', 'karma']);
    const at = { probe: 0, layer: 0, head: 0 };
    const frame = frameAt(made, arms, shown, at, null);
    expect(frame.models.map(({ id }) => id)).toEqual(['base', 'action', 'karma']);
    expect(frame.models.every(({ heads }) => heads !== null)).toBe(true);
    for (const { series, references } of frameCurves(made, shown, 'step')) {
      expect(series.map(({ id }) => id)).toEqual(['action', 'karma']);
      expect(series.every((one) => one.apart === undefined)).toBe(true);
      expect(references.length).toBeLessThanOrEqual(1);
    }
    const scope = (of: RunRecord) => frameScope(of, arms, at, null, false);
    expect(scope(made).line).toContain('One run, seed');
    // By which rule the text was chosen: the one on which arms differ, or while a run goes on the first.
    const { continuations } = runs.get('strong')!.base;
    const written = { ...made, base: { ...made.base, continuations } };
    expect(scope({ ...written, complete: true }).more).toContain('the one on which they differ most');
    expect(scope({ ...written, complete: false }).more).toContain('the recipe’s first prompt');
  });
});
