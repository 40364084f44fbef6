/**
 * Arms from adapter files: what was written is read back, even if arms of one recipe have LoRAs of different
 * shapes.
 */
import { expect, it } from 'vitest';
import { layOutParameters } from '../../engine/parameters';
import { writeAdapter } from '../../engine/peft/write';
import { trainedParameter, type TrainedArm } from '../../engine/trainedArm';
import { forkRandom } from '../../log/random';
import { HALF } from '../../model/halfPrecision';
import { ModelError } from '../../model/modelError';
import { readConfig } from '../../model/readConfig';
import { narrowedSafetensors } from '../../model/safetensors';
import { armLora, widestLora } from '../../recipe/armRecipe';
import { runSpecSchema } from '../../recipe/runSpec';
import { TINY_CONFIG } from '../../testing/tinyModel';
import { armsOfAdapters } from './adapterArms';
import type { AdapterFiles } from './startAdapter';

const config = readConfig({ ...TINY_CONFIG });
const model = { id: 'tiny', hash: 'abc', config };
const catalogue = { items: 7, features: 20 };
const spec = runSpecSchema.parse({
  version: 1,
  arms: [
    { id: 'narrow', label: 'Narrow', rank: 2, firstLayer: 1 },
    { id: 'wide', label: 'Wide', rank: 5 },
  ],
  objective: { embeddingSize: 8, itemOutput: 'content+id' },
});
const layout = layOutParameters(config, { ...spec, lora: widestLora(spec) }, catalogue);

/** An arm with noise in every parameter of its own LoRA, and 0 elsewhere. */
function noisy(index: number): TrainedArm {
  const arm = spec.arms[index]!;
  const { rank, alpha, firstLayer } = armLora(spec, arm);
  const random = forkRandom(index, 'noise');
  const flat = new Float32Array(layout.size);
  for (const { name, offset, rows, columns } of layout.slots.values()) {
    const [, layer, , matrix] = /^lora\.(\d+)\.(\w+)\.([AB])$/.exec(name) ?? [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const inside = layer === undefined || (Number(layer) >= firstLayer && (matrix === 'A' ? row : column) < rank);
        if (inside) flat[offset + row * columns + column] = random.normal();
      }
    }
  }
  return { spec: arm, step: spec.training.steps, layout: { ...layout, loraScale: alpha / rank }, flat };
}

function filesOf(arm: TrainedArm): AdapterFiles {
  const base = { config, id: 'tiny', revision: 'main', hash: 'abc' };
  return new Map(writeAdapter(arm, base, armLora(spec, arm.spec)).map(({ name, bytes }) => [name, bytes]));
}

it('restores every number and the scale of each arm', () => {
  const arms = [noisy(0), noisy(1)];
  const read = armsOfAdapters(new Map(arms.map((arm) => [arm.spec.id, filesOf(arm)])), { spec, model, catalogue, layout });
  expect(read.map((arm) => [arm.spec.id, arm.step, arm.layout.loraScale])).toEqual(
    arms.map((arm) => [arm.spec.id, arm.step, arm.layout.loraScale]),
  );
  for (const [index, arm] of read.entries()) {
    for (const name of layout.slots.keys()) {
      expect(trainedParameter(arm, name).data, `${arm.spec.id} ${name}`).toEqual(trainedParameter(arms[index]!, name).data);
    }
  }
});

it('reads half precision, and leaves out arms without an adapter', () => {
  const arm = noisy(1);
  const halved = new Map(
    [...filesOf(arm)].map(([name, bytes]) => [
      name,
      name.endsWith('.safetensors') ? narrowedSafetensors(bytes, name, () => HALF) : bytes,
    ]),
  );
  const [read, ...others] = armsOfAdapters(new Map([['wide', halved]]), { spec, model, catalogue, layout });
  expect([read!.spec.id, others]).toEqual(['wide', []]);
  const [was, now] = [trainedParameter(arm, 'w_o').data, trainedParameter(read!, 'w_o').data];
  was.forEach((value, at) => {
    expect(Math.abs(now[at]! - value)).toBeLessThanOrEqual(Math.abs(value) / 2048);
  });
});

it('refuses an adapter of another shape', () => {
  const files = filesOf(noisy(1));
  const other = runSpecSchema.parse({ ...spec, arms: [{ ...spec.arms[1], rank: 4 }] });
  expect(() => armsOfAdapters(new Map([['wide', files]]), { spec: other, model, catalogue, layout })).toThrow(ModelError);
});

it('refuses adapters that were trained on other weights, whatever the model is called', () => {
  const adapters = new Map([['wide', filesOf(noisy(1))]]);
  const other = { spec, model: { ...model, hash: 'def' }, catalogue, layout };
  expect(() => armsOfAdapters(adapters, other)).toThrow(
    'The adapter Wide was trained on other weights than those of tiny: SHA-256 abc against def.',
  );
});
