/** A pass that reads only some rows gives these the same bits as one that reads all. */
import { beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { bitsOf, readFloats } from '../../gpu/tensor';
import { loadFixture } from '../../testing/loadFixture';
import { sharedGpu } from '../../testing/sharedGpu';
import { Engine } from '../engine';
import { flatParameters } from '../fixture';
import { packHistories } from './sequence';
import { WantedRows } from './wantedRows';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

// Norms of outputs (Gemma) and heads that are not as wide as the model (Qwen3) among them.
it.each(['even-token-karma-hide', 'odd-text-action', 'gemma3-semantic-karma', 'qwen3-token-karma'])('%s', async (name) => {
  const fixture = await loadFixture(name);
  const engine = await Engine.create(gpu, fixture.inputs);
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  const { context, histories } = engine;
  const width = fixture.inputs.config.hidden;
  const packed = packHistories(fixture.batch, engine.packOptions(false, arm.spec));
  // Another order than that of the rows.
  const rows = packed.predictionRows.toReversed();
  const wanted = new WantedRows(context, fixture.inputs.config, rows.length);
  const hidden = async (elements: number): Promise<Uint32Array> => {
    context.recorder.submit();
    const [values] = await readFloats(context.memory, [{ tensor: histories.pass.hidden, elements }]);
    return bitsOf(values!);
  };
  histories.load(packed);
  histories.forward(engine.use(arm));
  const all = await hidden(packed.rows * width);
  wanted.load(rows);
  histories.forward(engine.use(arm), { wanted });
  const read = await hidden(rows.length * width);
  expect([...read]).toEqual([...rows].flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]));
  expect(() => {
    wanted.load(new Uint32Array(rows.length + 1));
  }).toThrow(RangeError);
  engine.destroy();
});
