/** What a run guarantees when one call to the GPU fails, for each call in turn. */
import { expect } from 'vitest';
import { runExperiment } from '../../src/experiment/runExperiment';
import { watchBuffers } from '../../src/gpu/bufferWatch';
import type { RunEvent } from '../../src/record/runEvents';
import type { RunRecord } from '../../src/record/runRecord';
import type { Campaign } from '../../src/testing/campaign';
import { everyFault, FaultyGpu } from '../../src/testing/faultyGpu';
import { droppedSource } from '../../src/model/source/droppedSource';
import { SmallExperiment, smallSpec } from '../../src/testing/smallExperiment';
import { filesOf, tinyModel } from '../../src/testing/tinyModel';

const SPEC = smallSpec({
  arms: [{ id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 }],
  training: { steps: 1, batchSize: 2, warmupSteps: 1 },
  evaluation: { evaluations: 1, sampleUsers: 2, finalUsers: 4, probes: 1 },
});

const campaign: Campaign = {
  claim:
    'a run in which one GPU call fails never finishes, unless a kernel is compiled again and the numbers are the same; it gives all its buffers back, and leaves the next run as it would have been',
  cases: 4000,
  sample: 1,
  open: async () => {
    const experiment = await SmallExperiment.open({ source: droppedSource(filesOf(tinyModel())) });
    let faulty = new FaultyGpu(experiment.gpu);
    const run = async (): Promise<{
      readonly record: RunRecord | null;
      readonly events: RunEvent[];
      readonly error: unknown;
    }> => {
      const events: RunEvent[] = [];
      return watchBuffers(faulty.gpu.device, async (watch) => {
        let record: RunRecord | null = null;
        let error: unknown = null;
        try {
          const inputs = { ...experiment.inputs(SPEC), gpu: faulty.gpu };
          record = await runExperiment(
            inputs,
            (event) => events.push(event),
            () => Promise.resolve('go'),
          );
        } catch (thrown) {
          error = thrown;
        }
        expect(watch.open, 'buffers left').toBe(0);
        return { record, events, error };
      });
    };
    faulty.begin(null);
    const clean = (await run()).record;
    // Item features are stored by now: the runs to come make fewer calls.
    faulty = new FaultyGpu(experiment.gpu);
    faulty.begin(null);
    expect(factsOf((await run()).record)).toEqual(factsOf(clean));
    const cold = { ...faulty.calls };
    faulty.begin(null);
    expect(factsOf((await run()).record)).toEqual(factsOf(clean));
    const injections = everyFault(cold, faulty.calls);
    return {
      cases: injections.length,
      run: async (index) => {
        const injection = injections[index]!;
        if (injection.call === 'createComputePipeline') faulty = new FaultyGpu(experiment.gpu);
        faulty.begin(injection);
        const { record, events, error } = await run();
        if (record !== null && injection.call === 'createComputePipeline') {
          // It failed ahead of its use.
          expect(factsOf(record), JSON.stringify(injection)).toEqual(factsOf(clean));
        } else {
          expect(record, JSON.stringify(injection)).toBeNull();
          expect(error).toBeInstanceOf(Error);
          expect(events.some(({ type }) => type === 'finished')).toBe(false);
        }
        faulty.begin(null);
        expect(factsOf((await run()).record), `after ${JSON.stringify(injection)}`).toEqual(factsOf(clean));
        return undefined;
      },
    };
  },
};
export default campaign;

/** The parts in which two runs of one recipe must agree to the last bit; times differ. */
function factsOf(record: RunRecord | null): unknown {
  return record?.arms.map(({ steps, evaluations, attention }) => ({
    steps: { ...steps, seconds: [] },
    evaluations: evaluations.map(({ values, intervals, readings }) => ({ values, intervals, readings })),
    attention,
  }));
}
