import { expect, it } from 'vitest';
import { ARM_NAMES } from '../../recipe/namedArms';
import { armMark, type ArmMark } from './armMark';

const own = Array.from({ length: 16 }, (_, at) => `mine-${at}`);

it('tells named arms, those that users made and the base model apart', () => {
  const ids = ['base', ...ARM_NAMES, ...own];
  const marks = ids.map((id) => armMark(id, ids));
  const distinct = (of: (mark: ArmMark) => unknown): number => new Set(marks.map((mark) => JSON.stringify(of(mark)))).size;
  expect(new Set(marks).size).toBe(ids.length);
  // Lines have no symbol.
  expect(distinct(({ colour, dash }) => [colour, dash])).toBe(ids.length);
});

it('gives a named arm one mark in every run', () => {
  for (const name of ARM_NAMES) expect(armMark(name, [name])).toBe(armMark(name, [...own, name]));
  expect(armMark('shuffled', ['shuffled'])).not.toBe(armMark('karma-64', ['karma-64']));
});

it('reads no mark out of what every object has', () => {
  expect(armMark('constructor', ['constructor'])).toBe(armMark('mine-0', own));
});
