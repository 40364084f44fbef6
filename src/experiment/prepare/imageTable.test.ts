import { expect, it } from 'vitest';
import { namedArm } from '../../recipe/namedArms';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { logFromRows } from '../../testing/smallLogs';
import type { InteractionLog } from '../../log/types';
import { featureWidth, visualInput } from './featureTables';
import { imageTable } from './imageTable';

const IMG = [namedArm('img')];
const categories = ['a > x', 'b', 'a > y', '', 'c'];
const rows = {
  name: 'small',
  hash: '',
  items: categories.map((category, item) => ({ id: String(item), title: `item ${item}`, category, description: '' })),
  users: [{ id: 'u', events: [{ item: 0, time: 0, query: '', exposed: [] }] }],
};
const plain: InteractionLog = logFromRows(rows);
const values = Float32Array.from([1, 10, 3, 30, 5, 20, 0, 0, 0, 0]);
const pictured: InteractionLog = { ...plain, visual: { width: 2, values, present: Uint8Array.from([1, 1, 1, 0, 0]) } };
const spec = (visual: RunSpec['features']['visual'], arms = IMG) =>
  runSpecSchema.parse({ version: 1, arms, features: { visual } });

it('is null without an arm that has L_img, and otherwise says what is missing', () => {
  expect(imageTable(pictured, spec('images', [namedArm('action')]))).toBeNull();
  expect(() => imageTable(plain, spec('images'))).toThrow(/no visual features.*λ_img to 0/);
  const same = { ...pictured, visual: { ...pictured.visual!, values: new Float32Array(10).fill(2) } };
  expect(() => imageTable(same, spec('images'))).toThrow(/all.*the same/i);
  const one = { ...pictured, visual: { ...pictured.visual!, present: Uint8Array.from([1, 0, 1, 0, 0]) } };
  expect(() => imageTable(one, spec('category'))).toThrow(/no two categories/);
});

it('centres v and divides it by one number: mean square 1 over the items that have one, relative distances unchanged', () => {
  const table = imageTable(pictured, spec('images'))!;
  expect([...table.pictured]).toEqual([0, 1, 2]);
  const all = [0, 1, 2].map((item) => [...table.of(item)]);
  for (const column of [0, 1]) expect(all.reduce((sum, v) => sum + v[column]!, 0)).toBeCloseTo(0, 6);
  expect(all.flat().reduce((sum, x) => sum + x * x, 0) / 6).toBeCloseTo(1, 6);
  const [scale, other] = [(3 - 1) / (all[1]![0]! - all[0]![0]!), (30 - 10) / (all[1]![1]! - all[0]![1]!)];
  expect(scale).toBeCloseTo(other, 5);
  expect([...table.unscaled(table.of(2))].map((x) => Math.round(1e4 * x) / 1e4)).toEqual([5, 20]);
});

it('takes the one-hot category of the same items as a control; of all that have one if there are no pictures', () => {
  const table = imageTable(pictured, spec('category'))!;
  expect(table.size).toBe(2);
  expect([...table.pictured]).toEqual([0, 1, 2]);
  expect([...table.of(0)]).toEqual([...table.of(2)]);
  expect([...table.of(0)]).not.toEqual([...table.of(1)]);
  expect([...imageTable(plain, spec('category'))!.pictured]).toEqual([0, 1, 2, 4]);
});

it('takes every level of the category, too: items of one branch share a column', () => {
  const table = imageTable(pictured, spec('category-path'))!;
  // a, a > x, a > y, b
  expect(table.size).toBe(4);
  const [first, second, third] = [0, 1, 2].map((item) => Array.from(table.unscaled(table.of(item)), Math.round));
  expect([first, second, third]).toEqual([
    [1, 1, 0, 0],
    [0, 0, 0, 1],
    [1, 0, 1, 0],
  ]);
});

it('is a part of x in the same way; an item without any gets the mean of the others', () => {
  const config = { hidden: 8 };
  const features = (source: 'visual' | 'lm+visual', visual: RunSpec['features']['visual']) =>
    runSpecSchema.parse({ version: 1, features: { source, visual } });
  expect(featureWidth(features('visual', 'category-path'), config, pictured)).toBe(4);
  expect(featureWidth(features('lm+visual', 'category'), config, pictured)).toBe(12);
  const { width, values } = visualInput(pictured, features('visual', 'category').features);
  expect(width).toBe(2);
  expect(Array.from(values, (value) => Math.round(1e4 * value) / 1e4)).toEqual([
    1, 0, 0, 1, 1, 0, 0.6667, 0.3333, 0.6667, 0.3333,
  ]);
  expect(() => featureWidth(features('visual', 'images'), config, plain)).toThrow(/features\.source.*Set it to lm/);
});
