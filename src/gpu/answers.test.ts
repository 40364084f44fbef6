import { expect, it } from 'vitest';
import { Answers } from './answers';

it('calls a device silent after three times its longest answer, ten seconds at least', () => {
  let now = 0;
  const answers = new Answers(() => now);
  const first = answers.ask();
  now = 9_999;
  expect(answers.silence).toBeNull();
  now = 10_000;
  expect(answers.silence).toEqual({ waited: 10, longest: 0 });
  first();
  expect(answers.silence).toBeNull();
  answers.ask();
  const second = answers.ask();
  now = 39_999;
  second();
  expect(answers.silence).toBeNull();
  now = 10_000 + 3 * 29_999;
  expect(answers.silence).toEqual({ waited: 89.997, longest: 29.999 });
});

it('waits longer while a kernel is compiled', () => {
  let now = 0;
  const answers = new Answers(() => now);
  const compiled = answers.ask(true);
  answers.ask();
  now = 59_999;
  expect(answers.silence).toBeNull();
  now = 60_000;
  expect(answers.silence).not.toBeNull();
  compiled();
  now = 60_001;
  // Three times as long as the compiler took.
  expect(answers.silence).toBeNull();
});
