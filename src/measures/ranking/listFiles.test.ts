import { parse } from 'papaparse';
import { expect, it } from 'vitest';
import { NO_ITEM } from '../../engine/ranking/itemLists';
import { readLog } from '../../log/readLog';
import { trecMeasures } from '../../testing/trecMeasures';
import { listFiles } from './listFiles';

const ROWS = [
  'user,item,timestamp,title',
  '"a, b",x y,1,one',
  '"a, b",50%,2,two',
  'c,x y,1,one',
  'c,z,2,three',
  '"a, b",w,0,four',
  'c,w,0,four',
  '"a, b",v,-1,five',
  'c,v,-1,five',
];

it('writes lists as CSV and TREC, whatever is in an ID, and leaves out places without an item', async () => {
  const { log } = await readLog([new File([ROWS.join('\n')], 'log.csv')]);
  const item = (id: string): number => log.items.map(({ id: own }) => own).indexOf(id);
  const user = (id: string): number => Array.from({ length: log.users.length }, (_, at) => log.users.at(at)).indexOf(id);
  const targets = [
    { user: user('a, b'), position: 3 },
    { user: user('c'), position: 3 },
  ];
  const items = Uint32Array.of(item('z'), item('50%'), item('x y'), NO_ITEM);
  const files = listFiles(log, [{ arm: 'karma', targets, items }]);
  const texts = await Promise.all(files.map(async ({ path, pieces }) => [path, await new Blob([...pieces]).text()] as const));
  const { 'karma.csv': csv, 'karma.run.txt': run, 'qrels.txt': qrels } = Object.fromEntries(texts);
  expect(parse(csv!, { skipEmptyLines: true }).data).toEqual([
    ['target', 'user', 'rank', 'item', 'hit'],
    ['0', 'a, b', '1', 'z', '0'],
    ['0', 'a, b', '2', '50%', '1'],
    ['1', 'c', '1', 'x y', '0'],
  ]);
  expect(run).toBe('0 Q0 z 1 2 karma\n0 Q0 50%25 2 1 karma\n1 Q0 x%20y 1 1 karma\n');
  expect(qrels).toBe('0 0 50%25 1\n1 0 z 1\n');
  expect(trecMeasures(run!, qrels!, [1, 2])).toMatchObject({ 'hr@1': 0, 'hr@2': 0.5, 'mrr@2': 0.25 });
});
