/**
 * Long cases of the campaign `parity`: recipes trained by the engine and by PyTorch on one process and on
 * two.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openAdapter } from '../../src/cli/diskSource';
import { startingFrom } from '../../src/experiment/train/startAdapter';
import { readArm } from '../../src/recipe/namedArms';
import { runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import type { Figures } from '../../src/testing/campaign';
import {
  expectAlike,
  expectAlikeByCodes,
  expectAllAlike,
  expectBaselines,
  expectTables,
  expectTestSinks,
  HELD_OUT,
  inEngine,
  losses,
  SEMANTIC,
  SPEC,
  storedOf,
  type ParityBench,
} from './engineRun';
import { recordOf, train, trainAsPerson, withJob } from './job';

const longer = (spec: RunSpec, steps: number): RunSpec => ({ ...spec, training: { ...spec.training, steps } });

/** All kinds of arms over ten steps, on one process, and on two that a person starts. */
export function allArms(bench: ParityBench): Promise<Figures> {
  const spec = longer(SPEC, 10);
  return withJob({ spec, plan: null, data: bench.data }, async (folder) => {
    const engine = await inEngine(bench, spec, folder);
    await trainAsPerson(folder, 'two');
    await train(folder, 1, 'one');
    const [one, two] = [recordOf(folder, 'one/run.json'), recordOf(folder, 'two/run.json')];
    expect(two.adapter).toMatchObject({ vendor: 'PyTorch', runtime: 'torch', fallback: true });
    const figures = {
      'difference of losses': Math.max(losses(engine, one), losses(engine, two)),
      'one process and two over ten steps': losses(one, two),
    };
    expect(figures['difference of losses']).toBeLessThan(1e-4);
    expect(figures['one process and two over ten steps']).toBeLessThan(1e-5);
    for (const record of [one, two]) expectAllAlike(record, engine);
    return figures;
  });
}

/** Items are codes of the features that came with the job. */
export function semanticIds(bench: ParityBench): Promise<Figures> {
  const spec = longer(SEMANTIC, 10);
  const work = async (folder: string): Promise<Figures> => {
    const engine = await inEngine(bench, spec, folder);
    await train(folder, 1, 'one');
    await train(folder, 2, 'two');
    const [one, two] = [recordOf(folder, 'one/run.json'), recordOf(folder, 'two/run.json')];
    const difference = Math.max(losses(engine, one), losses(engine, two));
    expect(difference).toBeLessThan(1e-4);
    const between = losses(one, two);
    expect(between).toBeLessThan(1e-5);
    // No features but those of the job.
    expect(readdirSync(path.join(folder, 'cache')).filter((name) => /^features-.*npy$/.test(name))).toHaveLength(1);
    let [scores, read] = [0, 0];
    for (const record of [one, two]) {
      expect(record.complete).toBe(true);
      expect(record.probes).toEqual(engine.probes);
      expectBaselines(record, engine);
      expect(record.base.control).toBeUndefined();
      expectTables(record.base.sinks.tables.itemAlpha!, engine.base.sinks.tables.itemAlpha!, 1e-4);
      expectTestSinks(record, engine);
      record.arms.forEach((arm, index) => {
        const expected = engine.arms[index]!.evaluations;
        expect(arm.evaluations).toHaveLength(expected.length);
        arm.evaluations.forEach((evaluation, at) => {
          scores = Math.max(scores, expectAlikeByCodes(evaluation, expected[at]!).scores);
        });
        const [found, wanted] = [arm.evaluations.at(-1)!.fidelity!, expected.at(-1)!.fidelity!];
        read = Math.max(read, Math.abs(found.values.decodedNll! - wanted.values.decodedNll!));
      });
    }
    expect(read).toBeLessThan(1e-4);
    return {
      'difference of losses': difference,
      'one process and two over ten steps': between,
      'difference of log p': scores,
      'difference of fidelity': read,
    };
  };
  return withJob({ spec, plan: null, data: bench.data, stored: storedOf(bench) }, work);
}

/** Negatives of all processes, and items that were shown; a trained baseline, with the same loss. */
const SAMPLED = runSpecSchema.parse({
  ...HELD_OUT,
  arms: [readArm('action')],
  objective: { ...HELD_OUT.objective, actionLoss: 'infonce', lambdaExp: 0.5 },
  training: { ...HELD_OUT.training, steps: 5 },
  evaluation: { ...HELD_OUT.evaluation, sampleUsers: 4, finalUsers: 100, probes: 1, sasrecSteps: 20 },
});

/** Sampled candidates and the trained baseline; then arms that start from the adapter which PyTorch wrote. */
export function sampledCandidates(bench: ParityBench): Promise<Figures> {
  return withJob({ spec: SAMPLED, plan: null, data: bench.data }, async (folder) => {
    const engine = await inEngine(bench, SAMPLED, folder);
    await train(folder, 2, 'two');
    await train(folder, 1, 'one');
    const [two, one] = [recordOf(folder, 'two/run.json'), recordOf(folder, 'one/run.json')];
    const difference = Math.max(losses(engine, one), losses(engine, two), losses(one, two));
    expect(difference).toBeLessThan(1e-5);
    const expected = engine.baselines.sasrec!;
    for (const record of [one, two]) {
      const found = record.baselines.sasrec!;
      const facts = ({ steps, learningRate, parameters }: typeof found) => [steps, learningRate, parameters];
      expect(facts(found)).toEqual(facts(expected));
      expect(found.tuning!.tried).toHaveLength(2);
      // The same evaluations, and so the same stops; ranks may differ where scores nearly tie.
      const settings = ({ tuning }: typeof found) => tuning!.tried.map(({ setting }) => setting);
      expect(settings(found)).toEqual(settings(expected));
      found.tuning!.tried.forEach(({ hr }, rate) => {
        const difference = Math.abs(hr - expected.tuning!.tried[rate]!.hr);
        expect(difference * found.tuning!.targets).toBeLessThan(1 + 1e-9);
      });
      const [values, others] = [found.all.values, expected.all.values];
      expect(values.mrr).toBeCloseTo(others.mrr!, 4);
      expect(Math.abs(values['hr@10']! - others['hr@10']!) * expected.all.targets.all).toBeLessThan(1 + 1e-9);
      expect(values['popularity@10']! / others['popularity@10']!).toBeCloseTo(1, 3);
    }
    const after = await startedFrom(bench, path.join(folder, 'one/arms/action/adapter'));
    return { 'difference of losses': Math.max(difference, after) };
  });
}

/**
 * @returns the largest difference of losses of arms that start from an adapter, in the engine and in PyTorch
 */
async function startedFrom(bench: ParityBench, adapter: string): Promise<number> {
  const start = await openAdapter(adapter);
  const { data, model } = bench;
  const drawn = { ...SAMPLED, evaluation: { ...SAMPLED.evaluation, finalUsers: 4, sasrecSteps: 0 } };
  const spec = startingFrom(start, drawn, model.config, { items: data.log.items.length });
  const work = async (folder: string): Promise<number> => {
    const engine = await inEngine(bench, spec, folder, { start });
    await train(folder, 1);
    const record = recordOf(folder);
    const difference = losses(engine, record);
    expect(difference).toBeLessThan(1e-5);
    expect(record.start).toEqual(engine.start);
    expect(record.start).toMatchObject({ name: start.name, heads: true });
    expect(record.base.values.lmNll).toBeCloseTo(engine.base.values.lmNll!, 4);
    expectTables(record.base.userSinks!.tables.itemAlpha!, engine.base.userSinks!.tables.itemAlpha!, 1e-4);
    expectTestSinks(record, engine);
    expectAlike(record.arms[0]!.evaluations[0]!, engine.arms[0]!.evaluations[0]!);
    return difference;
  };
  return withJob({ spec, plan: null, data, start }, work);
}
