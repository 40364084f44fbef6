/** Heads fitted before the first step, in a whole experiment on a small log in which each item determines the next. */
import { beforeAll, expect, it } from 'vitest';
import { readLog, type ReadLog } from '../log/readLog';
import type { RunSpec } from '../recipe/runSpec';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { drawnCases } from '../testing/drawnCases';
import { SmallExperiment, smallSpec, type SmallRun } from '../testing/smallExperiment';
import type { HeadStore } from './keptHeads';

const TITLES = ['lace', 'apple', 'hammer', 'violin', 'sofa', 'candle', 'kettle', 'saddle', 'bracelet', 'scarf', 'ladder', 'drum'];

let small: SmallExperiment;
let data: ReadLog;

beforeAll(async () => {
  small = await SmallExperiment.shared();
  const rows = Array.from({ length: 24 }, (_, user) =>
    Array.from({ length: 7 }, (__, event) => {
      const item = (user + event) % TITLES.length;
      return `u${user},i${item},${event},${TITLES[item]!}`;
    }),
  );
  data = await readLog([new File([['user_id,item_id,timestamp,title', ...rows.flat()].join('\n')], 'ring.csv')]);
});

const ACTION = { id: 'action', label: 'Action' };
const KARMA = { id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 };

/** A step on that log, of one arm unless more are given. */
function spec(objective: Record<string, unknown>, arms: readonly object[] = [ACTION]): RunSpec {
  return smallSpec({
    arms,
    objective: { maxHistory: 4, maxTextTokens: 8, ...objective },
    training: { steps: 1, batchSize: 4, crop: 'whole' },
    evaluation: { evaluations: 1, sampleUsers: 24, probes: 1 },
  });
}

function run(of: RunSpec, heads: HeadStore | null = null): Promise<SmallRun> {
  return small.run(of, undefined, undefined, data, heads);
}

const hitAtStart = ({ arms }: RunRecord): number => arms[0]!.evaluations[0]!.ranking.all.hr['1']!;

it('ranks the next item well before the first step, the same in all arms, and records the fit', async () => {
  const drawn = await run(spec({}));
  expect(drawn.record.headStart).toBeUndefined();
  const variants = [
    ['learned', 'none'],
    ['last-item', 'none'],
    ['last-item', 'features'],
  ] as const;
  for (const [embToken, interestSkip] of drawnCases(variants, ([token, skip]) => [token, { skip }])) {
    const { record, events, peak } = await run(spec({ headStart: 'fitted', embToken, interestSkip }, [ACTION, KARMA]));
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(JSON.parse(JSON.stringify(record)));
    const { headStart } = record;
    if (headStart?.fitted !== true) throw new Error('the heads were not fitted');
    expect(headStart).toMatchObject({ users: 24, rows: 96, steps: 300 });
    expect(headStart.losses).toHaveLength(30);
    expect(headStart.losses.at(-1)!).toBeLessThan(headStart.losses[0]!);
    console.info(
      `${embToken}, skip ${interestSkip}: HR@1 before the first step ${hitAtStart(record)}, with drawn heads ${hitAtStart(drawn.record)}`,
    );
    expect(hitAtStart(record)).toBeGreaterThan(0.8);
    expect(hitAtStart(record)).toBeGreaterThan(hitAtStart(drawn.record) + 0.3);
    const [action, karma] = record.arms.map(({ evaluations }) => evaluations[0]!.ranks);
    expect(action).toEqual(karma);
    const told = events.flatMap((event) =>
      event.type === 'progress' && event.progress.stage === 'head-start' ? [event.progress] : [],
    );
    expect(told.at(-1)).toMatchObject({ done: 300, total: 300 });
    const plan = events.find((event) => event.type === 'memory')?.plan;
    expect(Math.abs(peak - plan!.total) / peak).toBeLessThan(0.1);
  }
}, 240_000);

it('begins at the zero-shot ranking if the recipe says so, with as many axes as features exactly', async () => {
  const still = { headStart: 'fitted', headStartFrom: 'zero-shot', interestSkip: 'features', headStartRate: 1e-12 } as const;
  const { record } = await run(spec({ ...still, embeddingSize: 128, headStartSteps: 1 }));
  const start = record.arms[0]!.evaluations[0]!;
  expect(start.ranking.all).toEqual(record.baselines.zeroShot.sample.all);
}, 240_000);

const UNDEFINED = [
  [{ itemOutput: 'id' }, /free/],
  [{ embeddingSize: 256 }, /128 features, fewer than the 256/],
] as const;

it.each(drawnCases(UNDEFINED))(
  'draws the heads at random if no fit is defined, and says why: %o',
  async (objective, reason) => {
    const { record } = await run(spec({ headStart: 'fitted', ...objective }));
    const { headStart } = record;
    expect(headStart?.fitted === false && headStart.reason).toMatch(reason);
    const drawn = await run(spec(objective));
    expect(record.arms[0]!.evaluations[0]!.ranks).toEqual(drawn.record.arms[0]!.evaluations[0]!.ranks);
  },
  240_000,
);

it('reads the users, and takes the steps and rows, that the recipe says; a later run reads what this one had fitted, and no other', async () => {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const kept: HeadStore = {
    read: (key) => {
      const bytes = files.get(key);
      return Promise.resolve(bytes === undefined ? null : { bytes, from: 'stored' });
    },
    write: (key, bytes) => Promise.resolve(void files.set(key, bytes)),
  };
  const little = { headStart: 'fitted', headStartUsers: 10, headStartSteps: 25 } as const;
  const first = (await run(spec(little), kept)).record;
  expect(first.headStart).toMatchObject({ users: 10, rows: 40, steps: 25 });
  const lossesOf = ({ headStart }: RunRecord): unknown => headStart!.fitted && headStart!.losses;
  expect(lossesOf(first)).toHaveLength(3);
  expect(first.headStart).not.toHaveProperty('from');
  expect(files.size).toBe(1);

  const longer = spec(little);
  const again = (await run({ ...longer, training: { ...longer.training, steps: 2, learningRate: 1e-5 } }, kept)).record;
  expect(again.headStart).toEqual({ ...first.headStart, from: 'stored' });
  expect(again.arms[0]!.evaluations[0]!.ranks).toEqual(first.arms[0]!.evaluations[0]!.ranks);
  expect(files.size).toBe(1);

  // A damaged file is replaced.
  const [[key, bytes]] = [...files] as [[string, Uint8Array<ArrayBuffer>]];
  files.set(key, bytes.slice(0, -4));
  expect((await run(spec(little), kept)).record.headStart).not.toHaveProperty('from');
  expect(files.get(key)!.slice(-4)).toEqual(bytes.slice(-4));

  for (const other of [spec({ ...little, headStartRows: 16 }), { ...spec({ ...little, headStartUsers: 11 }), seed: 1 }]) {
    const { record } = await run(other, kept);
    expect(record.headStart).not.toHaveProperty('from');
    expect(lossesOf(record)).not.toEqual(lossesOf(first));
  }
  expect(files.size).toBe(3);
}, 240_000);
