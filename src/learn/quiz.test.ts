/** The quiz: its items, its score, its table. */
import { expect, it } from 'vitest';
import { toCsv } from '../charts/export/table';
import { missed, QUIZ, quizTable, scoreOf } from './quiz';

const right = QUIZ.map((item) => item.right);

it('has ten items with one correct option each, not always in the same place', () => {
  expect(new Set(QUIZ.map(({ id }) => id)).size).toBe(10);
  for (const item of QUIZ) expect(item.options[item.right]).toBeDefined();
  expect(new Set(right).size).toBe(3);
  expect(
    QUIZ.flatMap(({ asks, because, options }) => [asks, because, ...options].flat()).filter(
      (piece) => typeof piece === 'string' && /\d/.test(piece),
    ),
  ).toEqual([]);
});

it('is scored, and names the remaining misconceptions', () => {
  expect([scoreOf(right), scoreOf(right.map(() => null)), scoreOf([])]).toEqual([10, 0, 0]);
  const one = right.map((option, i) => (i === 2 ? option - 1 : option));
  expect(missed(one).map(({ id }) => id)).toEqual(['one-seed']);
});

it('exports a table without names, one row per item', () => {
  const { columns, rows } = quizTable(
    right.map((option, i) => (i === 0 ? 0 : option)),
    null,
  );
  expect(columns).toEqual(['item', 'misconception', 'before: option', 'before: right', 'after: option', 'after: right']);
  expect(rows).toHaveLength(10);
  expect(rows[0]).toEqual(['sink-bad', 'A sink is always bad.', 1, 0, null, null]);
  expect(rows[1]!.slice(2)).toEqual([2, 1, null, null]);
  expect(toCsv(quizTable(null, right)).split('\n')[1]).toMatch(/^sink-bad,/);
});
