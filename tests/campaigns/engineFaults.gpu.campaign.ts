/** Like gpuFaults, but for the engine alone on a tiny model, small enough to try every call. */
import { expect } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { flatParameters } from '../../src/engine/fixture';
import { loadFixture } from '../../src/testing/loadFixture';
import { ProbeDecoder } from '../../src/engine/losses/probeDecoder';
import { Evaluator } from '../../src/engine/ranking/evaluator';
import { watchBuffers } from '../../src/gpu/bufferWatch';
import type { Campaign } from '../../src/testing/campaign';
import { everyFault, FaultyGpu } from '../../src/testing/faultyGpu';
import { sharedGpu } from '../../src/testing/sharedGpu';

const campaign: Campaign = {
  claim:
    'an engine on which one GPU call fails gives no numbers, gives all its buffers back, and leaves the next one as it would have been',
  cases: 800,
  sample: 1,
  open: async () => {
    const gpu = await sharedGpu();
    const fixture = await loadFixture('odd-token-karma-nopairs');
    let faulty = new FaultyGpu(gpu);
    /** Everything computed for an arm, read back; or the error thrown instead. */
    const run = async (): Promise<{ readonly numbers: unknown; readonly error: unknown }> =>
      watchBuffers(faulty.gpu.device, async (watch) => {
        let engine: Engine | null = null;
        let [numbers, error]: unknown[] = [null, null];
        try {
          engine = await Engine.create(faulty.gpu, fixture.inputs);
          numbers = await everythingOf(engine, fixture);
        } catch (thrown) {
          error = thrown;
        } finally {
          engine?.destroy();
        }
        expect(watch.open, 'buffers left').toBe(0);
        return { numbers, error };
      });
    faulty.begin(null);
    const clean = await run();
    if (clean.error !== null) throw clean.error as Error;
    const cold = { ...faulty.calls };
    faulty.begin(null);
    expect((await run()).numbers).toEqual(clean.numbers);
    const injections = everyFault(cold, faulty.calls);
    return {
      cases: injections.length,
      run: async (index) => {
        const injection = injections[index]!;
        if (injection.call === 'createComputePipeline') faulty = new FaultyGpu(gpu);
        faulty.begin(injection);
        const { numbers, error } = await run();
        expect(numbers, JSON.stringify(injection)).toBeNull();
        expect(error).toBeInstanceOf(Error);
        faulty.begin(null);
        expect((await run()).numbers, `after ${JSON.stringify(injection)}`).toEqual(clean.numbers);
        return undefined;
      },
    };
  },
};
export default campaign;

async function everythingOf(engine: Engine, fixture: Awaited<ReturnType<typeof loadFixture>>): Promise<unknown> {
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  const { batch } = fixture;
  const [first] = batch;
  const length = 2 + first!.history.length + (first!.query.length > 0 ? 1 + first!.query.length : 0);
  const evaluator = new Evaluator(engine, 2, length);
  const probe = new ProbeDecoder(engine, { steps: 2, learningRate: 0.01 });
  const steps = [await engine.trainStep(arm, batch), await engine.trainStep(arm, batch)];
  const ranking = await evaluator.rank(arm, batch, [], { listed: 3, onSinks: () => undefined });
  const texts = batch.map(({ text }) => text);
  probe.begin(new Float32Array(fixture.inputs.config.hidden));
  return {
    steps,
    ranking,
    maps: await evaluator.attention(arm, [first!]),
    nll: await evaluator.textNll(arm, texts),
    decoded: await evaluator.texts.decode(engine.use(arm), ranking.interest, 3),
    probe: await probe.step({ z: ranking.interest, texts }),
    parameters: await engine.readParameters(arm),
  };
}
