/** Sink statistics of evaluated users against those computed from their attention maps. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sinkTables } from '../../measures/sinks/sinks';
import { UserSinkTables } from '../../measures/sinks/userSinks';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { Sinks, UserSinks } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import { Engine } from '../engine';
import { Evaluator } from '../ranking/evaluator';
import { flatParameters, withTraining } from '../fixture';
import { loadFixture } from '../../testing/loadFixture';
import { packHistories } from '../decoder/sequence';

const TOLERANCE = 1e-5;
const THRESHOLD = 0.2;
const MEASURES = ['firstHalfSinkRate', 'itemSinkRate', 'itemAlpha', 'firstAlpha', 'barcode', 'embEntropy'] as const;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** Statistics of a fixture's examples: reduced on the GPU, and from each example's map. */
async function both(name: string, training: Partial<RunSpec['training']>) {
  const fixture = withTraining(await loadFixture(name), training);
  const { layers, heads } = fixture.inputs.config;
  const engine = await Engine.create(gpu, fixture.inputs);
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  const options = { ...engine.packOptions(false), positions: 'last' as const };
  const perExample: Sinks['tables'][] = [];
  let rows = 0;
  for (const example of fixture.batch) {
    const packed = packHistories([example], options);
    const length = packed.rows;
    rows += length;
    const maps = await new Evaluator(engine, 1, length).attention(arm, [example]);
    const positions = [{ itemPositions: packed.itemPositions[0]!, embPosition: length - 1 }];
    perExample.push(sinkTables(maps, { probes: 1, layers, heads, length }, positions, THRESHOLD).tables);
  }
  const sums = new UserSinkTables(layers, heads, THRESHOLD);
  const onSinks = sums.add.bind(sums);
  await new Evaluator(engine, 1, 4, THRESHOLD).rank(arm, fixture.batch, [], { onSinks });
  engine.destroy();
  return { measured: sums.means(), perExample, rows };
}

function expectMeans(measured: UserSinks, perExample: readonly Sinks['tables'][]): void {
  for (const measure of MEASURES) {
    measured.tables[measure]!.forEach((row, layer) => {
      row.forEach((value, head) => {
        const mean = perExample.reduce((sum, tables) => sum + tables[measure]![layer]![head]!, 0) / perExample.length;
        expect(Math.abs(value - mean), `${measure} of layer ${layer}, head ${head}`).toBeLessThan(TOLERANCE);
      });
    });
  }
}

describe.each(['even-token-karma-hide', 'odd-text-karma-last', 'gemma3-token-karma'])('%s', (name) => {
  it.each([{}, { accumulate: 2 }, { checkpoint: true }])('has the means computed from its maps, %o', async (training) => {
    const { measured, perExample, rows } = await both(name, training);
    expect(measured.users).toBe(perExample.length);
    expect(measured.meanLength).toBeCloseTo(rows / perExample.length, 12);
    expectMeans(measured, perExample);
    // Every user has position 1, whose rate is the share of heads with a first α above ε.
    expect(measured.sinkRate[0]).toBeGreaterThan(0);
    expect(Math.max(...measured.sinkRate)).toBeLessThanOrEqual(1);
  });
});
