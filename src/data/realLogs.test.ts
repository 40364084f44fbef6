import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHORT_HISTORY } from './assemble';
import { readLog } from './readLog';
import { readSampleLog } from './sample';
import { leaveLastOut } from './split';
import { summariseLog } from './summary';
import { fileOf } from './testing';

const MOVIELENS = '../shared/data/ml-latest-small';
const SAMPLE = 'public/datasets/wordnet-store';

function dropped(folder: string, name: string): File {
  return fileOf(name, new Uint8Array(readFileSync(`${folder}/${name}`)));
}

/** Fields of lines without quotes; enough for files whose ids and times come first. */
function lines(folder: string, name: string): string[][] {
  return readFileSync(`${folder}/${name}`, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

describe('the sample log', () => {
  it('is read whole', async () => {
    const { log, dropped: left, issues } = await readSampleLog((path) => dropped('public', path).arrayBuffer());
    const summary = summariseLog('sample', log, leaveLastOut(log), left);
    const rows = lines(SAMPLE, 'interactions.csv');
    expect(summary).toMatchObject({
      name: 'WordNet General Store',
      users: new Set(rows.map(([user]) => user)).size,
      items: lines(SAMPLE, 'items.csv').length,
      interactions: rows.length,
      queries: rows.filter(([, , , query]) => query !== '').length,
      exposures: rows.reduce((sum, [, , , , exposed]) => sum + (exposed === '' ? 0 : exposed!.split(' ').length), 0),
      dropped: [],
    });
    expect(issues).toEqual([]);
  });
});

const hasMovieLens = existsSync(MOVIELENS);
if (!hasMovieLens) console.warn(`skipped: ${MOVIELENS} is not on this machine`);

describe.skipIf(!hasMovieLens)('MovieLens latest-small', () => {
  it.each([MOVIELENS, `${MOVIELENS}/derived`])('%s: counts equal an independent count', async (folder) => {
    const {
      log,
      dropped: left,
      issues,
    } = await readLog([dropped(folder, 'ratings.csv'), dropped(folder, 'movies.csv')], 'MovieLens');
    const ratings = lines(folder, 'ratings.csv');
    const movies = lines(folder, 'movies.csv');
    const perUser = new Map<string, number>();
    for (const [user] of ratings) perUser.set(user!, (perUser.get(user!) ?? 0) + 1);
    const kept = [...perUser.values()].filter((count) => count >= 3);
    const summary = summariseLog('movielens', log, leaveLastOut(log), left);
    expect(summary).toMatchObject({
      name: 'MovieLens',
      users: kept.length,
      items: movies.length,
      interactions: kept.reduce((sum, count) => sum + count, 0),
      queries: 0,
      exposures: 0,
      dropped: kept.length === perUser.size ? [] : [{ reason: SHORT_HISTORY, rows: expect.any(Number) as number }],
    });
    expect([ratings.length, movies.length, perUser.size]).toEqual([100_836, 9742, 610]);
    expect(log.items[10]).toMatchObject({ id: '11', title: 'American President, The (1995)', category: 'Comedy|Drama|Romance' });
    expect(issues.map(({ message }) => message)).toEqual(['Columns not used: "rating".']);

    // Cold targets once more, by file order and a stable sort.
    const histories = new Map<string, [number, string][]>();
    for (const [user, item, , time] of ratings) histories.set(user!, [...(histories.get(user!) ?? []), [Number(time), item!]]);
    for (const events of histories.values()) events.sort(([a], [b]) => a - b);
    const trained = new Set([...histories.values()].flatMap((events) => events.slice(0, -2).map(([, item]) => item)));
    expect(summary.coldTargets).toBe([...histories.values()].filter((events) => !trained.has(events.at(-1)![1])).length);
  });
});
