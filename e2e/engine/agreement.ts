/** One case of reference/fixtures on a device: two training steps next to PyTorch's. */
import { Engine } from '../../src/engine/engine';
import { flatParameters, relativeError, type Fixture } from '../../src/engine/fixture';
import type { Gpu } from '../../src/gpu/device';

export interface Agreement {
  /** Largest relative error of the losses of both steps. */
  readonly losses: number;
  /** … of every parameter's gradient in the first step, relative to that gradient's largest entry. */
  readonly gradients: number;
  /** … of every parameter after two AdamW steps. */
  readonly parameters: number;
}

export async function compare(gpu: Gpu, fixture: Fixture): Promise<Agreement> {
  const engine = new Engine(gpu, fixture.inputs);
  try {
    const { layout } = engine;
    const { json, batch, arm: spec } = fixture;
    const arm = engine.createArm(spec, flatParameters(fixture, 'param', layout));
    const worst = (flat: Float32Array, prefix: string): number =>
      Math.max(
        ...[...layout.slots.values()].map(({ name, offset, rows, columns }) =>
          relativeError(flat.subarray(offset, offset + rows * columns), fixture.tensor(`${prefix}.${name}`)),
        ),
      );
    const first = await engine.trainStep(arm, batch, { update: false });
    const gradients = worst(await engine.readGradients(), 'grad');
    await engine.trainStep(arm, batch);
    const second = await engine.trainStep(arm, batch);
    const near = (got: number | null, expected: number | null): number =>
      got === null || expected === null
        ? Number(got !== expected)
        : Math.abs(got - expected) / Math.max(1e-3, Math.abs(expected));
    const losses = Math.max(
      near(first.total, json.losses.total),
      near(first.action, json.losses.action),
      near(first.gen, spec.lambdaGen > 0 ? json.losses.gen : null),
      near(first.rec, spec.lambdaRec > 0 ? json.losses.rec : null),
      near(second.total, json.losses2.total),
    );
    return { losses, gradients, parameters: worst(await engine.readParameters(arm), 'after2') };
  } finally {
    engine.destroy();
  }
}
