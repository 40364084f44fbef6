/**
 * One fixture of python/ on a device, compared with PyTorch's numbers; for tests in Node and in the browser.
 */
import type { Gpu } from '../gpu/device';
import { lambdaOf, TERM_IDS } from '../recipe/terms';
import { Engine } from './engine';
import { flatParameters, relativeError, type Fixture } from './fixture';

/**
 * Relative errors by the quantity compared: `loss …` and `norm …` of two steps, `grad …` of every parameter
 * before clipping, `after1 …` and `after2 …` of every parameter after one and two AdamW steps, if the fixture
 * has them. A missing or surplus loss term counts as 1.
 */
export async function agreement(gpu: Gpu, fixture: Fixture): Promise<Record<string, number>> {
  const { json, batch, arm: spec } = fixture;
  const engine = await Engine.create(gpu, fixture.inputs);
  const errors: Record<string, number> = {};
  const near = (label: string, got: number | null, expected: number | null): void => {
    errors[label] =
      got === null || expected === null
        ? Number(got !== expected)
        : Math.abs(got - expected) / Math.max(1e-3, Math.abs(expected));
  };
  const compare = (prefix: string, flat: Float32Array): void => {
    for (const { name, offset, rows, columns } of engine.layout.slots.values()) {
      if (!fixture.has(`${prefix}.${name}`)) continue;
      const got = flat.subarray(offset, offset + rows * columns);
      errors[`${prefix} ${name}`] = relativeError(got, fixture.tensor(`${prefix}.${name}`));
    }
  };
  try {
    const arm = engine.createArm(spec, flatParameters(fixture, 'param', engine.layout));
    const dry = await engine.trainStep(arm, batch, { update: false });
    compare('grad', await engine.readGradients());
    near('loss total', dry.total, json.losses.total);
    near('loss action', dry.action, json.losses.action);
    for (const term of TERM_IDS) near(`loss ${term}`, dry[term], lambdaOf(spec, term) > 0 ? json.losses[term] : null);
    const first = await engine.trainStep(arm, batch);
    near('norm 1', first.gradNorm, json.gradNorm);
    near('rate 1', first.learningRate, json.learningRates[0]);
    compare('after1', await engine.readParameters(arm));
    const second = await engine.trainStep(arm, batch);
    near('loss total 2', second.total, json.losses2.total);
    near('norm 2', second.gradNorm, json.gradNorm2);
    near('rate 2', second.learningRate, json.learningRates[1]);
    compare('after2', await engine.readParameters(arm));
    return errors;
  } finally {
    engine.destroy();
  }
}
