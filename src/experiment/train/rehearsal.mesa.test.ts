/** Which kernels a run compiles, and when. */
import { expect, it } from 'vitest';
import { namedArm } from '../../recipe/namedArms';
import type { RunSpec } from '../../recipe/runSpec';
import { drawnCases } from '../../testing/drawnCases';
import { PipelineWatch } from '../../testing/pipelineWatch';
import { SmallExperiment, smallSpec } from '../../testing/smallExperiment';
import { runExperiment } from '../runExperiment';

const EVALUATION = { evaluations: 2, sampleUsers: 8, probeSteps: 1 };

const SPECS: Readonly<Record<string, RunSpec>> = {
  'a probe decoder': smallSpec({
    objective: { embToken: 'last-item', embeddingSize: 16, maxHistory: 4, maxTextTokens: 8 },
    evaluation: EVALUATION,
  }),
  'semantic IDs, L_kl and L_ent': smallSpec({
    arms: [{ ...namedArm('karma'), lambdaKl: 0.1, lambdaEnt: 0.1 }],
    objective: { itemInterface: 'semantic', maxHistory: 4, maxTextTokens: 8, codeLevels: 2, codebookSize: 6 },
    evaluation: { ...EVALUATION, beamWidth: 10 },
  }),
};

it.each(drawnCases(Object.entries(SPECS)))(
  'a run with %s compiles all of its kernels ahead, none after it started, and none when it runs again',
  async (_, spec) => {
    const experiment = await SmallExperiment.shared();
    const watch = new PipelineWatch(experiment.gpu);
    const counts: Record<string, number> = {};
    const run = async (): Promise<void> => {
      const record = await runExperiment(
        { ...experiment.inputs(spec), gpu: watch.gpu },
        ({ type }) => {
          counts[type] ??= watch.ahead.length;
        },
        () => Promise.resolve('go'),
      );
      expect(record.complete).toBe(true);
    };
    await run();
    expect(watch.waitedFor).toEqual([]);
    expect(new Set(watch.ahead).size).toBeGreaterThan(20);
    expect([counts.started, counts.finished]).toEqual([watch.ahead.length, watch.ahead.length]);
    await run();
    expect(watch.waitedFor.length + watch.ahead.length).toBe(counts.finished);
  },
);
