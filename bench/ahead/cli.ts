/**
 * `npm run bench:ahead`: what it saves that the device gets the next step before the last one is read, in Node, on a model so small that a device
 * takes no longer for a step than the thread takes to queue it, as a GPU does with larger ones.
 */
import { Engine } from '../../src/engine/engine';
import { flatParameters } from '../../src/engine/fixture';
import { openNodeGpu } from '../../src/gpu/node';
import { ReadAhead } from '../../src/gpu/readAhead';
import { loadFixture } from '../../src/testing/loadFixture';
import { quartiles } from '../quartiles';
import { smallOptions } from '../smallOptions';

const USAGE = `npm run bench:ahead -- [options]
  --fixture NAME  a case of python/fixtures (even-token-karma-hide)
  --steps 100     steps of two arms, Action and the case's, in a round
  --rounds 10     rounds of either way, in turn`;

/** @returns the exit code: 2 for bad arguments */
export async function main(args: readonly string[]): Promise<number> {
  const options = smallOptions(args, USAGE, { fixture: 'even-token-karma-hide', steps: 100, rounds: 10 });
  if (typeof options === 'number') return options;
  const { steps, rounds } = options;
  const fixture = await loadFixture(options.fixture);
  const gpu = await openNodeGpu();
  const engine = await Engine.create(gpu, fixture.inputs);
  const initial = flatParameters(fixture, 'param', engine.layout);
  const action = { ...fixture.arm, id: 'action', lambdaGen: 0, lambdaRec: 0 };
  const arms = [action, fixture.arm].map((spec) => engine.createArm(spec, initial));
  /** Milliseconds of a step of both arms. */
  const timed = async (ahead: boolean): Promise<number> => {
    const began = performance.now();
    const reads = new ReadAhead();
    for (let step = 0; step < steps; step++) {
      for (const arm of arms) {
        const taken = engine.trainStep(arm, fixture.batch);
        if (ahead) await reads.add(taken);
        else await taken;
      }
    }
    await reads.end();
    return (performance.now() - began) / steps;
  };
  // Compiles.
  await timed(true);
  const times: { readonly one: number; readonly ahead: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await timed(round % 2 === 1);
    const second = await timed(round % 2 === 0);
    times.push(round % 2 === 1 ? { one: second, ahead: first } : { one: first, ahead: second });
  }
  const { description, device } = gpu.adapter;
  console.info(`${description || device}: ${options.fixture}, ${rounds} rounds of ${steps} steps of two arms\n`);
  console.info('| one step at a time, ms | the next one queued, ms | ratio |\n|---|---|---|');
  const columns = [
    quartiles(
      times.map(({ one }) => one),
      1,
    ),
    quartiles(
      times.map(({ ahead }) => ahead),
      1,
    ),
    quartiles(
      times.map(({ one, ahead }) => one / ahead),
      2,
    ),
  ];
  console.info(`| ${columns.join(' | ')} |`);
  engine.destroy();
  return 0;
}
