/**
 * Features of a width other than the model's: features repeated twice, with half the weights each, give the
 * same model.
 */
import { beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { sharedGpu } from '../testing/sharedGpu';
import { Engine } from './engine';
import { flatParameters, relativeError, type Fixture } from './fixture';
import { loadFixture } from '../testing/loadFixture';
import { slotOf } from './parameters';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** Rows of `width` numbers, each row followed by itself. */
function twice(rows: Float32Array, width: number): Float32Array {
  const doubled = new Float32Array(2 * rows.length);
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    doubled.set(row, 2 * at);
    doubled.set(row, 2 * at + width);
  }
  return doubled;
}

async function wide(fixture: Fixture): Promise<Engine> {
  const { features, config } = fixture.inputs;
  const hidden = twice(features.hidden, config.hidden);
  return Engine.create(gpu, { ...fixture.inputs, features: { ...features, hidden, width: 2 * config.hidden } });
}

// `title+hidden` with exposed items, `title` and `hidden` inputs.
it.each(['odd-token-karma', 'odd-token-action-pairwise', 'odd-token-rec-hidden', 'even-token-rec-title'])('%s', async (name) => {
  const fixture = await loadFixture(name);
  const { hidden } = fixture.inputs.config;
  const [narrow, engine] = [await Engine.create(gpu, fixture.inputs), await wide(fixture)];
  const start = flatParameters(fixture, 'param', narrow.layout);
  const flat = new Float32Array(engine.layout.size);
  for (const slot of engine.layout.slots.values()) {
    const own = slotOf(narrow.layout, slot.name);
    const values = start.subarray(own.offset, own.offset + own.rows * own.columns);
    flat.set(
      slot.columns === own.columns
        ? values
        : twice(
            values.map((value) => value / 2),
            hidden,
          ),
      slot.offset,
    );
  }
  try {
    const expected = await narrow.trainStep(narrow.createArm(fixture.arm, start), fixture.batch, { update: false });
    const got = await engine.trainStep(engine.createArm(fixture.arm, flat), fixture.batch, { update: false });
    expect(got.total).toBeCloseTo(expected.total, 5);
    const [gradients, wanted] = [await engine.readGradients(), await narrow.readGradients()];
    const widened: string[] = [];
    for (const { name: slot, offset, rows, columns } of engine.layout.slots.values()) {
      const own = slotOf(narrow.layout, slot);
      const gradient = wanted.subarray(own.offset, own.offset + own.rows * own.columns);
      const same = columns === own.columns;
      if (!same) widened.push(slot);
      const error = relativeError(gradients.subarray(offset, offset + rows * columns), same ? gradient : twice(gradient, hidden));
      expect(error, slot).toBeLessThan(1e-4);
    }
    const { itemInput } = fixture.inputs.spec.objective;
    expect(widened.sort()).toEqual(itemInput === 'title' ? ['w_e'] : ['w_e', 'w_in']);
  } finally {
    narrow.destroy();
    engine.destroy();
  }
});
