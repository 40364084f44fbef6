import { expect, it } from 'vitest';
import { guessOwnColumns } from './ownColumns';

const guess = (header: string, ...lines: string[]) => {
  const columns = header.split(';');
  const found = guessOwnColumns({ columns, rows: lines.map((line) => line.split(';')) });
  return Object.fromEntries(Object.entries(found).map(([role, { column }]) => [role, columns[column]]));
};

it('guesses by names, in several languages', () => {
  expect(
    guess(
      'wann;bezeichnung;sterne;ware;wer',
      '14.11.2023 22:13;red teacup;3;i7;u1',
      '15.11.2023 22:13;blue teacup;4;i8;u1',
      '14.11.2023 22:14;old boot;5;i9;u2',
    ),
  ).toEqual({ time: 'wann', title: 'bezeichnung', rating: 'sterne', item: 'ware', user: 'wer' });
  expect(guess('회원번호;상품코드;상품명;구매일시', '17;A1;붉은 찻잔;2024-03-01', '18;A2;푸른 찻잔;2024-03-02')).toEqual({
    user: '회원번호',
    item: '상품코드',
    title: '상품명',
    time: '구매일시',
  });
});

it('guesses by values where names say nothing', () => {
  expect(
    guess(
      'a;b;c;d',
      '1700000000;k3;u1;red teacup',
      '1700003600;k4;u1;blue teacup',
      '1700007200;k3;u2;red teacup',
      '1700010800;k5;u2;old boot',
    ),
  ).toEqual({ time: 'a', item: 'b', user: 'c', title: 'd' });
  // Without texts, the usual order: user, then item.
  expect(guess('x;y', '7;100', '7;101', '8;100')).toEqual({ user: 'x', item: 'y' });
});

it('knows items by their titles if nothing else does', () => {
  expect(guess('leser;buch', 'anna7;Der Prozess', 'anna7;Das Schloss', 'ben9;Der Prozess')).toEqual({
    user: 'leser',
    title: 'buch',
    item: 'buch',
  });
});

it('leaves alone what the header says, and names no user in texts', () => {
  const columns = ['item_id', 'k'];
  const known = guessOwnColumns({ columns, rows: [['i1', 'u1']] }, { item: 0 });
  expect(known).toEqual({ user: { column: 1, reason: expect.stringContaining('“k”') as string } });
  expect(guess('frage;antwort', 'What is a teacup?;A cup for tea.', 'What is a boot?;A shoe.')).not.toHaveProperty('user');
});
