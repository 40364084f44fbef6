/** Optional parameters: their start, and that nothing else depends on them. */
import { describe, expect, it } from 'vitest';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { loadFixture } from '../testing/loadFixture';
import { embeddingStatistics } from './decoder/embeddingStatistics';
import { initialParameters, layOutParameters, slotOf, type ParameterLayout } from './parameters';

const ITEMS = 200;
const { config, weights } = (await loadFixture('even-token-action')).inputs;

async function start(
  objective: Record<string, unknown>,
): Promise<{ layout: ParameterLayout; of: (name: string) => Float32Array }> {
  const spec: RunSpec = runSpecSchema.parse({ version: 1, seed: 9, objective: { embeddingSize: 16, ...objective } });
  const layout = layOutParameters(config, spec, { items: ITEMS });
  const flat = initialParameters(layout, config, await embeddingStatistics(weights, config), spec);
  const of = (name: string): Float32Array => {
    const { offset, rows, columns } = slotOf(layout, name);
    return flat.subarray(offset, offset + rows * columns);
  };
  return { layout, of };
}

function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('free item embeddings', () => {
  it('change no other start value', async () => {
    const without = await start({});
    for (const objective of [
      { itemOutput: 'id' },
      { itemOutput: 'content+id', itemInput: 'title+hidden+id' },
      { itemInput: 'id', itemOutput: 'tied', embeddingSize: 24 },
    ]) {
      const { layout, of } = await start(objective);
      const same = [...without.layout.slots.values()].filter(({ name, columns, rows }) => {
        const slot = slotOf(layout, name);
        return slot.rows === rows && slot.columns === columns;
      });
      expect(same.length).toBeGreaterThan(20);
      // W_o, W_e and W_d of another size draw other numbers.
      const drawn = 'embeddingSize' in objective ? same.filter(({ name }) => name.startsWith('lora.')) : same;
      for (const { name } of drawn) expect(of(name), name).toEqual(without.of(name));
    }
  });

  it('start at 0 when added to content, and small and random when alone', async () => {
    const beside = await start({ itemOutput: 'content+id', itemInput: 'title+hidden+id' });
    expect([deviation(beside.of('z')), deviation(beside.of('u'))]).toEqual([0, 0]);
    const alone = await start({ itemOutput: 'id', itemInput: 'id' });
    expect(deviation(alone.of('z'))).toBeCloseTo(0.02, 3);
    const words = weights.outer('embedding')!;
    expect(deviation(alone.of('u')) / deviation(await words.read(0, words.length))).toBeCloseTo(1, 1);
    expect(alone.layout.slots.get('u')).toMatchObject({ rows: ITEMS, columns: config.hidden });
  });

  it('decay like matrices, and are frozen with the other inputs', async () => {
    const { layout } = await start({ itemOutput: 'id', itemInput: 'id' });
    for (const name of ['u', 'z']) expect(slotOf(layout, name).offset).toBeLessThan(layout.decayed);
    const spec = runSpecSchema.parse({
      version: 1,
      lora: { trainInputs: false },
      objective: { itemOutput: 'id', itemInput: 'id' },
    });
    const fixed = layOutParameters(config, spec, { items: ITEMS });
    expect(slotOf(fixed, 'u').offset).toBeGreaterThanOrEqual(fixed.trained);
    expect(slotOf(fixed, 'z').offset).toBeLessThan(fixed.decayed);
  });

  it('exist only if the recipe has them', async () => {
    const text = await start({ itemInterface: 'text', itemInput: 'id' });
    expect(text.layout.slots.has('u')).toBe(false);
    const content = await start({});
    expect([content.layout.slots.has('u'), content.layout.slots.has('z')]).toEqual([false, false]);
  });

  it.each([
    [{ embeddingSize: 16 }],
    [{ itemInput: 'hidden', embeddingSize: 24 }],
    [{ itemInterface: 'text', embeddingSize: 24 }],
  ])('cannot be tied if the input has none to share: %o', async (objective) => {
    await expect(start({ itemInput: 'id', itemOutput: 'tied', ...objective })).rejects.toThrow(
      /they need the token interface.*embeddingSize 24/,
    );
  });
});

it('with a skip, h starts as in zero-shot ranking, and nothing else changes', async () => {
  const [without, { layout, of }] = [await start({}), await start({ interestSkip: 'features' })];
  expect(without.layout.slots.has('w_s')).toBe(false);
  expect(of('w_s')).toEqual(without.of('w_e'));
  expect(deviation(of('w_o'))).toBe(0);
  expect(slotOf(layout, 'w_s').offset).toBeLessThan(layout.decayed);
  for (const name of without.layout.slots.keys()) if (name !== 'w_o') expect(of(name), name).toEqual(without.of(name));
});
