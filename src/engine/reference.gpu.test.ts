/**
 * The whole step against PyTorch: losses, every gradient, and two AdamW steps, for every arm and both
 * interfaces.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { sharedGpu } from '../testing/sharedGpu';
import { readFloats } from '../gpu/tensor';
import { Engine } from './engine';
import { Evaluator } from './ranking/evaluator';
import { flatParameters, relativeError } from './fixture';
import { drawnCases } from '../testing/drawnCases';
import { fixtureNames, FIXTURE_TOLERANCE } from '../testing/fixtures';
import { loadFixture } from '../testing/loadFixture';
import { expectAgreement, LESS_MEMORY, KEPT_WHOLE } from '../testing/keptActivations';

const cases = fixtureNames();

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

it('has fixtures for every arm in all interfaces', () => {
  const arms = ['action', 'gen', 'rec', 'karma', 'kl', 'replay', 'ent', 'sink'];
  for (const [kind, more] of [
    ['token', ['item', 'l2', 'random']],
    ['text', ['item', 'l2', 'random']],
    ['semantic', []],
  ] as const) {
    for (const arm of [...arms, ...more])
      expect(
        cases.some((name) => name.includes(`-${kind}-${arm}`)),
        `${kind} ${arm}`,
      ).toBe(true);
  }
});

/** A way of keeping less for every case; the campaign `activations` tries each in every way. */
const LESS = cases.map((name, index) => ({ name, kept: LESS_MEMORY[index % LESS_MEMORY.length]! }));

it.each(drawnCases(LESS, ({ name, kept }) => [kept.way, ...name.split('-').slice(0, 3)]))(
  '$name agrees with the reference, activations $kept.way',
  async ({ name, kept }) => {
    await expectAgreement(gpu, name, kept);
  },
);

describe.each(cases)('%s', (name) => {
  it('agrees with the reference', async () => {
    await expectAgreement(gpu, name, KEPT_WHOLE);
  });

  it('gives the reference’s embeddings and attention', async () => {
    const fixture = await loadFixture(name);
    const engine = await Engine.create(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const expected = fixture.tensor('out.attention');
    const { layers, heads } = fixture.inputs.config;
    const whole = Math.round(Math.sqrt(expected.length / layers / heads));
    const [example] = fixture.batch;
    // The reference's map includes the rows of y, which evaluation leaves out; causality makes the rest the
    // same.
    const textRows = fixture.arm.lambdaGen > 0 ? Math.max(0, example!.text.length - 1) : 0;
    // Nor do maps have a sink token, whose row is the second.
    const { codes } = fixture.inputs.features;
    const levels = codes?.sizes.length ?? 1;
    const rows = Array.from({ length: whole - textRows - (levels - 1) }, (_, row) => row).filter(
      (row) => !fixture.arm.sinkToken || row !== 1,
    );
    const { length } = rows;
    const evaluator = new Evaluator(engine, 1, length);
    const maps = await evaluator.attention(arm, [example!]);
    const cut = new Float32Array(layers * heads * length * length);
    for (let plane = 0; plane < layers * heads; plane++) {
      rows.forEach((row, i) => {
        const values = rows.map((key) => expected[(plane * whole + row) * whole + key]!);
        cut.set(values, (plane * length + i) * length);
      });
    }
    const items = codes ? example!.history.length : 0;
    expect(relativeError(maps, pooled(cut, { planes: layers * heads, length, items, levels }))).toBeLessThan(FIXTURE_TOLERANCE);
    const counts = await evaluator.rank(arm, fixture.batch, []);
    expect(relativeError(counts.items, fixture.tensor('out.items'))).toBeLessThan(FIXTURE_TOLERANCE);
    const interest = fixture.tensor('out.interest');
    const e = fixture.inputs.spec.objective.embeddingSize;
    let row = -1;
    fixture.batch.forEach((one, index) => {
      const before = (one.predicted ?? one.history).slice(0, -1).filter((item) => item !== null).length;
      // The prediction of [EMB] comes after those of the history, and before those of the target's further
      // codes.
      row += (fixture.inputs.spec.objective.positions === 'last' ? 0 : levels * before) + 1;
      const got = counts.interest.subarray(index * e, (index + 1) * e);
      expect(relativeError(got, interest.subarray(row * e, (row + 1) * e))).toBeLessThan(FIXTURE_TOLERANCE);
      row += levels - 1;
    });
    const [hidden] = await readFloats(engine.context.memory, [{ tensor: engine.histories.pass.hidden, elements: 4 }]);
    expect(hidden!.every(Number.isFinite)).toBe(true);
    engine.destroy();
  });
});

/**
 * Maps [planes, T, T] in which the rows of an item are one: keys added up, queries averaged. Items follow
 * [BOS].
 */
function pooled(
  maps: Float32Array,
  { planes, length, items, levels }: Readonly<Record<'planes' | 'length' | 'items' | 'levels', number>>,
): Float32Array {
  const spans = [
    [0],
    ...Array.from({ length: items }, (_, item) => Array.from({ length: levels }, (_, level) => 1 + item * levels + level)),
  ];
  for (let row = 1 + items * levels; row < length; row++) spans.push([row]);
  const shown: number[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (const queries of spans) {
      for (const keys of spans) {
        const values = queries.flatMap((query) => keys.map((key) => maps[(plane * length + query) * length + key]!));
        shown.push(values.reduce((sum, value) => sum + value, 0) / queries.length);
      }
    }
  }
  return Float32Array.from(shown);
}
