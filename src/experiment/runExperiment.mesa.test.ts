import { beforeAll, describe, expect, it } from 'vitest';
import { listFiles, type RankedLists } from '../measures/ranking/listFiles';
import { trecMeasures } from '../testing/trecMeasures';
import { decodePools } from '../measures/ranking/candidatePools';
import { ProtocolError } from '../measures/ranking/protocol';
import { deviceRoom } from '../gpu/deviceRoom';
import { decodePoints } from '../measures/collapse/projection';
import type { Profile } from '../record/profile';
import { comparedEvaluations } from '../record/comparedEvaluations';
import { runRecordSchema, type Ranked, type RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import { megabytes, type MemoryPlan } from '../record/memoryPlan';
import type { RunEvent } from '../record/runEvents';
import { forecastMemory, logSizes } from './forecast/forecastMemory';
import { DoesNotFitError } from './prepare/doesNotFit';
import { runExperiment } from './runExperiment';
import { logFromRows, logRows, logUsers, type UserRows } from '../testing/smallLogs';
import { readLog } from '../log/readLog';
import { SmallExperiment, smallLog, smallSpec } from '../testing/smallExperiment';

let small: SmallExperiment;
beforeAll(async () => {
  small = await SmallExperiment.shared();
});

const spec = smallSpec;

const run: SmallExperiment['run'] = (...of) => small.run(...of);

/** Where one arm shows as much as two. */
const ONE_ARM = [{ id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 }];

/** The plan that a run reported before allocating memory. */
function planOf(events: readonly RunEvent[]): MemoryPlan {
  const forecast = events.find((event) => event.type === 'memory');
  if (forecast?.plan == null) throw new Error('no forecast');
  return forecast.plan;
}

/** The peak of all buffers, evaluations included, is within 10 % of the plan. */
function expectPlanned(plan: MemoryPlan, peak: number): void {
  console.info(`planned ${megabytes(plan.total)}, measured ${megabytes(peak)}`);
  expect(Math.abs(peak - plan.total) / peak).toBeLessThan(0.1);
}

function ksOf(values: Ranked['values'], measure: string): number[] {
  return Object.keys(values).flatMap((id) => (id.startsWith(`${measure}@`) ? [Number(id.slice(measure.length + 1))] : []));
}

describe('a whole experiment', () => {
  const whole = spec({ evaluation: { evaluations: 2, sampleUsers: 8, domainTexts: [] } });
  let record: RunRecord;
  let events: RunEvent[];
  let lists: readonly RankedLists[];
  let peak: number;
  beforeAll(async () => {
    ({ record, events, lists, peak } = await run(whole));
  }, 120_000);

  it('leaves a complete record that reads back', () => {
    expect(record.complete).toBe(true);
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it('reports its memory before allocating it', () => {
    const index = events.findIndex(({ type }) => type === 'memory');
    expect(events.findIndex(({ type }) => type === 'started')).toBeGreaterThan(index);
    const forecast = events[index];
    expect(forecast).toMatchObject({ type: 'memory', problem: null });
    // The sizes of the log alone give about the same.
    const { model, data, gpu } = small;
    const early = forecastMemory(model.config, whole, logSizes(data, whole, model.config), deviceRoom(gpu));
    const { total } = planOf(events);
    expect(Math.abs(early.plan!.total - total) / total).toBeLessThan(0.1);
  });

  it('records how many products its device had right', () => {
    expect(record.checked!.products).toBeGreaterThan(30);
  });

  it('takes as much memory as planned', () => {
    expectPlanned(planOf(events), peak);
  });

  it('trains both arms on all steps, interleaved, from the same start', () => {
    const order = events.flatMap((event) => (event.type === 'step' ? [`${event.arm}${event.columns.step}`] : []));
    expect(order).toEqual(['action1', 'karma1', 'action2', 'karma2', 'action3', 'karma3', 'action4', 'karma4']);
    const [action, karma] = record.arms;
    expect(action!.steps.action[0]).toBeCloseTo(karma!.steps.action[0]!, 4);
    expect(action!.steps.gen.every((value) => value === null)).toBe(true);
    expect(karma!.steps.gen.every((value) => value !== null && value > 0)).toBe(true);
    expect(karma!.steps.action[3]).not.toBe(action!.steps.action[3]);
  });

  it('evaluates at step 0, along the way, and on all users at the end', () => {
    for (const arm of record.arms) {
      expect(arm.evaluations.map(({ step, population }) => `${population}${step}`)).toEqual([
        'sample0',
        'sample2',
        'sample4',
        'all4',
      ]);
      expect(arm.evaluations.at(-1)!.targets.all).toBe(14);
      expect(arm.evaluations[0]!.targets.all).toBe(8);
      expect(arm.evaluations.map(({ userSinks }) => userSinks?.users)).toEqual(arm.evaluations.map(({ ranks }) => ranks.length));
      expect(arm.attention.map(({ step }) => step)).toEqual([0, 2, 4]);
    }
    expect(record.baselines.zeroShot.all.targets.all).toBe(14);
  });

  it('lists the best items, from which its measures can be computed again', async () => {
    const texts = new Map<string, string>();
    for (const { path, pieces } of listFiles(small.data.log, lists)) texts.set(path, await new Blob([...pieces]).text());
    for (const { id, evaluations } of record.arms) {
      const { values, ranks } = evaluations.at(-1)!;
      expect(ranks.every(Number.isInteger), 'no score is tied').toBe(true);
      const again = trecMeasures(texts.get(`${id}.run.txt`)!, texts.get('qrels.txt')!, [1, 5, 10]);
      expect(Object.keys(again)).toHaveLength(9);
      for (const [measure, value] of Object.entries(again)) expect(value, measure).toBeCloseTo(values[measure]!, 12);
    }
  });

  it('measures the base model’s attention on all users too, once every arm is trained', () => {
    const { testSinks } = record.base;
    expect(testSinks).toMatchObject({ users: 14, meanLength: record.arms[0]!.evaluations.at(-1)!.userSinks!.meanLength });
    for (const { evaluations } of record.arms) expect(testSinks).not.toEqual(evaluations.at(-1)!.userSinks);
    expect(testSinks).not.toEqual(record.arms[0]!.evaluations[0]!.userSinks);
  });

  it('reads probe histories in other orders too', () => {
    const tables = [record.base, ...record.arms.flatMap(({ evaluations }) => evaluations)].map(({ sinks }) => sinks.tables);
    for (const { contentCorrelation, itemAlpha } of tables) {
      expect(contentCorrelation!.map((heads) => heads.length)).toEqual(itemAlpha!.map((heads) => heads.length));
      for (const value of contentCorrelation!.flat()) expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-9);
      // Content matters in some head, unless the orders were ignored.
      expect(Math.min(...contentCorrelation!.flat())).toBeLessThan(0.999);
    }
    expect(record.arms[0]!.evaluations[0]!.sinks.tables.contentCorrelation).toEqual(record.base.sinks.tables.contentCorrelation);
  });

  it('draws the embeddings of all arms and sampled steps in one plane', () => {
    const { items, users } = record.projection!;
    expect([items.title.length, users.target.length]).toEqual([40, 8]);
    const [action, karma] = record.arms.map(({ evaluations }) =>
      evaluations.map(({ projection, spectra, values, population }) => {
        expect(spectra!.item[0]).toBe(1);
        expect(spectra!.interest.length).toBeGreaterThan(values.rankMeInterest! - 1);
        if (population === 'all') return projection;
        expect(decodePoints(projection!.items, projection!.reach, 40).some((value) => value !== 0)).toBe(true);
        expect(decodePoints(projection!.users, projection!.reach, 8)).toHaveLength(16);
        expect(projection!.itemShare).toBeGreaterThan(0);
        return projection;
      }),
    );
    expect(action![0]).toEqual(karma![0]);
    expect(action![2]).not.toEqual(karma![2]);
    expect(action![3]).toBeUndefined();
  });

  it('ranks each target among the items shown with it', () => {
    for (const arm of record.arms) {
      // One item is shown with every target.
      for (const { requests, values, ranks } of arm.evaluations) {
        expect(requests!.all).toEqual({ requests: ranks.length, impressions: 2 * ranks.length });
        expect(values.gauc).toBeGreaterThanOrEqual(0);
        expect(values.gauc).toBeLessThanOrEqual(1);
      }
    }
  });

  it('serves requests of all arms and of the base model with the same kernels and operations', () => {
    const { arms, base, zeroShot, k, users } = record.inference!;
    expect([k, users]).toEqual([40, 4]);
    expect(arms.karma!.kernels).toEqual(arms.action!.kernels);
    expect(base.kernels).toEqual(arms.action!.kernels);
    expect(arms.karma!.flops).toBe(arms.action!.flops);
    expect(base.flops).toBe(arms.action!.flops);
    expect(Object.keys(arms.karma!.kernels)).toEqual(expect.arrayContaining(['attention_forward', 'top_items']));
    expect(Object.keys(arms.karma!.kernels).filter((name) => /backward|loss|adamw/.test(name))).toEqual([]);
    // One pass over 4 × 40 items, without padding: 2 · 40 · 64, and more for the decoder.
    expect(arms.action!.flops).toBeGreaterThan(2 * 40 * 64);
    expect(arms.karma!.parameters.used).toBe(arms.action!.parameters.used);
    const { hidden, parameters } = record.model;
    expect(arms.action!.parameters.used).toBeGreaterThan(parameters);
    expect([arms.action!.parameters.training, arms.karma!.parameters.training]).toEqual([0, hidden * 64 + hidden]);
    for (const { msAlone, msInBatch } of [...Object.values(arms), base, zeroShot]) {
      expect(msAlone).toBeGreaterThan(0);
      expect(msInBatch).toBeGreaterThan(0);
    }
    expect(zeroShot).toMatchObject({ on: 'processor', kernels: {} });
  });

  it('stores the ranks of every baseline, of the same targets in the same order as the arms’', () => {
    const baselines = Object.values(record.baselines).filter((baseline) => baseline !== undefined);
    expect(baselines.length).toBeGreaterThanOrEqual(6);
    for (const population of ['sample', 'all'] as const) {
      const { cold } = record.arms[0]!.evaluations.findLast((one) => one.population === population)!;
      for (const baseline of baselines) {
        const { ranks, targets, values } = baseline[population];
        expect(ranks).toHaveLength(cold.length);
        for (const is of [0, 1]) {
          const own = ranks.filter((_, user) => cold[user] === is);
          const split = is === 1 ? 'cold' : 'warm';
          const n = targets[split] ?? 0;
          expect(own).toHaveLength(n);
          expect(own.reduce((sum, rank) => sum + 1 / rank, 0)).toBeCloseTo(n * (values[`${split}-mrr`] ?? 0), 9);
        }
      }
    }
  });

  it('reports how much of the catalogue the lists of arms and baselines cover', () => {
    const { popularity, zeroShot } = record.baselines;
    const models: Ranked[] = [popularity.all, zeroShot.all, ...record.arms.map(({ evaluations }) => evaluations.at(-1)!)];
    for (const { values } of models) {
      // Lists of 40 hold the whole catalogue except the history; 14 lists of one item cannot.
      expect(ksOf(values, 'coverage')).toEqual(ksOf(values, 'hr'));
      expect(values['coverage@1']).toBeLessThanOrEqual(14 / 40);
      expect(values['coverage@50']).toBe(1);
    }
    // No model has a larger average popularity than the popularity baseline.
    for (const { values } of models.slice(1))
      expect(values['popularity@5']).toBeLessThanOrEqual(popularity.all.values['popularity@5']! + 1e-9);
    expect(popularity.all.requests!.all.requests).toBe(14);
  });

  it('starts from the base model: its attention and LM loss at step 0', () => {
    for (const arm of record.arms) {
      expect(arm.attention[0]!.data).toBe(record.base.attention.data);
      expect(arm.evaluations[0]!.values.lmDrift).toBeCloseTo(0, 6);
      // The shipped model comes with texts of its domain.
      expect(arm.evaluations[0]!.values.domainDrift).toBeCloseTo(0, 6);
      const last = arm.evaluations.at(-1)!.values;
      expect(last.domainDrift).toBeCloseTo(last.domainNll! - record.base.values.domainNll!, 9);
      expect(last.domainDrift).not.toBe(last.lmDrift);
      expect(arm.attention.at(-1)!.data).not.toBe(record.base.attention.data);
    }
  });

  it('decodes KARMA’s embeddings at the end, and nothing for an arm without a decoder', () => {
    const [action, karma] = record.arms;
    expect(action!.evaluations.at(-1)!.readings.every(({ decoded }) => decoded === null)).toBe(true);
    expect(karma!.evaluations.at(-1)!.readings.every(({ decoded }) => typeof decoded === 'string')).toBe(true);
    expect(karma!.evaluations.at(-1)!.readings[0]!.top).toHaveLength(5);
  });

  it('gives the same numbers if profiled from its second step on', async () => {
    let passes = 0;
    const gate = (): Promise<'go'> => {
      passes += 1;
      return Promise.resolve('go');
    };
    // The texts of the domain change nothing of what is compared.
    const profiled = await run(spec(), gate, () => passes > 1);
    const again = profiled.record;
    const columns = ({ arms }: RunRecord): unknown =>
      arms.map(({ steps, evaluations }) => [
        steps.total,
        steps.gradNorm,
        evaluations.map(({ values }) => Object.entries(values).filter(([id]) => id.includes('@'))),
      ]);
    expect(columns(again)).toEqual(columns(record));

    expect(record.arms.every(({ profile }) => profile === undefined)).toBe(true);
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(again)))).toEqual(again);
    const [action, karma] = again.arms.map(({ profile }) => profile!);
    for (const { steps, rows, gpuMs, wallMs } of [action!, karma!]) {
      expect(steps).toBe(3);
      expect(rows.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(gpuMs, 9);
      expect(gpuMs).toBeGreaterThan(0);
      expect(wallMs).toBeGreaterThan(0);
    }
    const parts = ({ rows }: Profile): Set<string | undefined> => new Set(rows.map(({ path }) => path[0]));
    expect(parts(action!)).not.toContain('reconstruction');
    expect(parts(karma!)).toContain('reconstruction');
    // Steps whose rows need other tiles differ in their dispatches; means times steps are whole.
    for (const { dispatches } of karma!.rows) expect(3 * dispatches).toBeCloseTo(Math.max(1, Math.round(3 * dispatches)), 9);
    const reported = profiled.events.flatMap((event) => (event.type === 'profile' && event.arm === 'karma' ? [event] : []));
    expect(reported.at(-1)!.profile).toEqual(karma);
  });
});

it('compares an arm of several updates per step with the others after the same steps', async () => {
  const arms = [
    { id: 'action', label: 'Action' },
    { id: 'longer', label: 'Longer', updates: 3 },
  ];
  const { record } = await run(
    spec({ arms, training: { steps: 2, batchSize: 3 }, evaluation: { evaluations: 2, sampleUsers: 4, probes: 2 } }),
  );
  const [action, longer] = record.arms;
  expect(longer!.steps.step).toEqual([1, 2]);
  expect(longer!.steps.examples).toEqual([9, 18]);
  expect(longer!.steps.action[0]).toBe(action!.steps.action[0]);
  expect(longer!.steps.action[1]).not.toBe(action!.steps.action[1]);
  expect(longer!.evaluations.map(({ step }) => step)).toEqual(action!.evaluations.map(({ step }) => step));
  const compared = comparedEvaluations(record.arms, null);
  expect([...compared.values()].map(({ step, population }) => [step, population])).toEqual([
    [2, 'all'],
    [2, 'all'],
  ]);
}, 120_000);

it('runs the text interface with pairwise loss and shuffled text', async () => {
  const arms = [{ id: 'shuffled', label: 'Shuffled', lambdaGen: 0.3, lambdaRec: 0.3, shuffle: 'text' }];
  const objective = { itemInterface: 'text', actionLoss: 'pairwise', maxHistory: 3, maxTextTokens: 6 };
  const { record } = await run(
    spec({ arms, objective, training: { steps: 1, batchSize: 3 }, evaluation: { evaluations: 1, sampleUsers: 4, probes: 2 } }),
  );
  expect(record.complete).toBe(true);
  expect(record.probes[0]!.labels).toHaveLength(record.base.attention.length);
}, 120_000);

it('ranks in pools that are drawn once, stored, and the same for every arm, step, baseline and seed', async () => {
  const changes = (seed: number) => ({
    seed,
    training: { steps: 1, batchSize: 4 },
    evaluation: { evaluations: 1, sampleUsers: 5, probes: 2, protocol: 'pre-ranking', poolSize: 12, ks: [1, 5, 20] },
  });
  const { record } = await run(spec(changes(0)));
  const { record: other } = await run(spec({ ...changes(1), evaluation: { ...changes(1).evaluation, watch: 'validation' } }));
  expect(record.pools).toMatchObject({ size: 12, from: 'retrieved', seed: 0 });
  expect(record.pools!.sample).toBeUndefined();
  const pools = decodePools(record.pools!.all);
  expect(pools.map(({ length }) => length)).toEqual(Array.from({ length: 14 }, () => 12));
  expect(other.pools!.all).toBe(record.pools!.all);
  expect(decodePools(other.pools!.sample!)).toHaveLength(5);
  for (const { evaluations } of record.arms) {
    for (const { pool, ranks, values } of evaluations) {
      expect(pool).toMatchObject({ size: 12 });
      expect(pool!.ranks).toHaveLength(ranks.length);
      expect(ksOf(values, 'pool-hr')).toEqual([1, 5]);
      expect(ksOf(values, 'hr')).toEqual([1, 5, 20]);
      // A pool is part of the catalogue.
      pool!.ranks.forEach((rank, user) => {
        expect(rank).toBeLessThanOrEqual(ranks[user]!);
      });
      expect(values['pool-hr@5']).toBe(pool!.ranks.filter((rank) => rank <= 5).length / ranks.length);
    }
  }
  const { popularity, zeroShot } = record.baselines;
  for (const { sample, all } of [popularity, zeroShot])
    expect([sample.pool!.ranks.length, all.pool!.ranks.length]).toEqual([5, 14]);
}, 120_000);

it('ranks in the pools that came with the log, and only targets that have one', async () => {
  const { log, split } = small.data;
  const [first, second] = split.test;
  const sets = [first!, second!].toSorted((a, b) => a.user - b.user);
  const candidates = {
    user: Int32Array.from(sets, ({ user }) => user),
    target: Int32Array.of(-1, -1),
    start: Uint32Array.of(0, 7, 14),
    item: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 7, 8, 9]),
  };
  const evaluation = { evaluations: 1, sampleUsers: 2, probes: 2, protocol: 'pre-ranking', poolFrom: 'given', ks: [1, 5, 20] };
  const changed = spec({ arms: ONE_ARM, training: { steps: 1, batchSize: 4 }, evaluation });
  const { record } = await run(changed, undefined, undefined, { ...small.data, log: { ...log, candidates } });
  const own = sets.map(({ user, position }) => log.events.item(user, position));
  const expected = sets.map((_, set) =>
    [...new Set([own[set]!, ...candidates.item.subarray(7 * set, 7 * set + 7)])].sort((a, b) => a - b),
  );
  expect(
    decodePools(record.pools!.all)
      .map((pool) => [...pool])
      .sort(),
  ).toEqual(expected.sort());
  const sizes = expected.map(({ length }) => length);
  expect(record.pools).toMatchObject({ from: 'given', size: Math.min(...sizes), largest: Math.max(...sizes) });
  for (const { evaluations } of record.arms) {
    for (const { pool, targets } of evaluations) expect([pool!.ranks.length, targets.all]).toEqual([2, 2]);
  }
  await expect(run(changed)).rejects.toThrow(/candidate sets that came with the log.*it came with none/);
}, 120_000);

it('refuses a protocol for shown items before anything else if the log has none', async () => {
  const bare = {
    ...small.data,
    log: logFromRows({ ...logRows(small.data.log), users: logUsers(small.data.log).map(withoutExposures) }),
  };
  const asked = spec({ evaluation: { protocol: 'ranking' } });
  const events: RunEvent[] = [];
  const started = runExperiment(
    small.inputs(asked, bare),
    (event) => events.push(event),
    () => Promise.resolve('go'),
  );
  await expect(started).rejects.toThrow(ProtocolError);
  expect(events).toEqual([]);
  expect(() => logSizes(bare, asked, small.model.config)).toThrow(ProtocolError);
});

function withoutExposures(user: UserRows): UserRows {
  return { ...user, events: user.events.map((event) => ({ ...event, exposed: [] })) };
}

it('measures on all users, at the end, the base model that arms which learn nothing still are', async () => {
  const still = spec({
    arms: ONE_ARM,
    training: { steps: 1, batchSize: 4, learningRate: 1e-12 },
    evaluation: { evaluations: 1, sampleUsers: 5, probes: 2, domainTexts: [] },
  });
  const { base, arms } = (await run(still)).record;
  const last = arms[0]!.evaluations.at(-1)!.userSinks!;
  expect(base.testSinks!.users).toBe(last.users);
  for (const table of ['firstAlpha', 'itemAlpha', 'embEntropy'] as const)
    for (const [at, value] of base.testSinks!.tables[table]!.flat().entries())
      expect(value).toBeCloseTo(last.tables[table]!.flat()[at]!, 5);
}, 120_000);

it('trains a baseline of item IDs before the arms, which neither changes them nor stays in memory', async () => {
  const changes = (sasrecSteps: number) => ({
    arms: ONE_ARM,
    objective: { maxHistory: 4, maxTextTokens: 8 },
    training: { steps: 2, batchSize: 4 },
    evaluation: { evaluations: 1, sampleUsers: 5, probes: 2, watch: 'validation', sasrecSteps },
  });
  const [without, beside] = [await run(spec(changes(0))), await run(spec(changes(3)))];
  const losses = ({ arms }: RunRecord): unknown => arms.map(({ steps, evaluations }) => [steps.total, evaluations.at(-1)!.ranks]);
  expect(losses(beside.record)).toEqual(losses(without.record));
  expect(without.record.baselines.sasrec).toBeUndefined();
  const { sasrec } = beside.record.baselines;
  expect(sasrec).toMatchObject({ learningRate: 1e-3, sample: { targets: { all: 5 } }, all: { targets: { all: 14 } } });
  expect(sasrec!.tuning!.tried[0]!.setting).toEqual({ learningRate: 1e-3, step: sasrec!.steps });
  expect((sasrec!.all.targets.cold ?? 0) + (sasrec!.all.targets.warm ?? 0)).toBe(14);
  expect(runRecordSchema.parse(JSON.parse(JSON.stringify(beside.record)))).toEqual(beside.record);
  const reported = beside.events.flatMap((event) =>
    event.type === 'progress' && event.progress.stage === 'id-model' ? [event.progress] : [],
  );
  expect(reported.map(({ done, total }) => [done, total])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expectPlanned(planOf(beside.events), beside.peak);
}, 120_000);

it('fine-tunes on Q4_0 weights, and reports what they cost the model', async () => {
  const { record } = await run(
    spec({
      arms: ONE_ARM,
      model: { precision: 'q4_0' },
      training: { steps: 1, batchSize: 3 },
      evaluation: { evaluations: 1, sampleUsers: 4 },
    }),
  );
  expect(record.complete).toBe(true);
  const { storage } = record.base;
  const lmNll = record.base.values.lmNll!;
  expect(storage!.precision).toBe('q4_0');
  // The engine's own NLL of the same texts, with the same stored weights.
  expect(storage!.nll.stored).toBeCloseTo(lmNll, 3);
  expect(storage!.nll.f32).not.toBeCloseTo(lmNll, 3);
  expect(storage!.divergence).toBeGreaterThan(0);
  expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
}, 120_000);

it('refuses what does not fit, and says what to change', async () => {
  const upper = run(spec({ lora: { firstLayer: 4 } }));
  await expect(upper).rejects.toThrow(/the model's last is 3: lower lora.firstLayer/);
  await expect(upper).rejects.toBeInstanceOf(DoesNotFitError);
});

it('keeps the output of frozen layers, with the same numbers and within the planned memory', async () => {
  const changes = (cacheMegabytes: number) => ({
    arms: ONE_ARM,
    lora: { firstLayer: 2, trainInputs: false },
    objective: { itemInterface: 'text', maxHistory: 3, maxTextTokens: 6 },
    training: { steps: 3, batchSize: 4, cacheMegabytes },
    evaluation: { evaluations: 1, sampleUsers: 4, probes: 2 },
  });
  const [whole, kept] = [await run(spec(changes(0))), await run(spec(changes(8)))];
  const numbers = ({ arms }: RunRecord): unknown =>
    arms.map(({ steps, evaluations }) => [steps.total, steps.gradNorm, evaluations.map(({ ranks, values }) => [ranks, values])]);
  expect(numbers(kept.record)).toEqual(numbers(whole.record));
  expectPlanned(planOf(whole.events), whole.peak);
  expectPlanned(planOf(kept.events), kept.peak);
  expect(planOf(kept.events).groups.cache).toBeGreaterThan(7.9e6);
}, 240_000);

it('starts and stops 5 times without leaving a buffer, and keeps what was measured', async () => {
  const small = spec({
    arms: ONE_ARM,
    training: { steps: 3, batchSize: 4, accumulate: 2, checkpoint: true },
    evaluation: { evaluations: 1, sampleUsers: 2, finalUsers: 2, probes: 1 },
  });
  const peaks = new Set<string>();
  for (let round = 0; round < 5; round++) {
    // Before the first step, between steps, or at the end; `run` checks the buffers.
    const last = round % 4;
    let passes = 0;
    const { record, peak } = await run(small, () => Promise.resolve(passes++ < last ? 'go' : 'stop'));
    expect(record.arms.map(({ steps }) => steps.step)).toEqual([[1, 2, 3].slice(0, last)]);
    expect(record.complete).toBe(last === 3);
    peaks.add(`${peak} bytes after ${last} steps`);
  }
  expect(peaks.size).toBe(4);
}, 240_000);

it('takes item features from the log', async () => {
  const values = Float32Array.from({ length: 40 * 5 }, (_, i) => Math.sin(i * i));
  const log = { ...small.data.log, embeddings: { width: 5, values, missing: 0 } };
  const recipe = (source: string): RunSpec =>
    spec({
      arms: ONE_ARM,
      features: { source },
      training: { steps: 1, batchSize: 4 },
      evaluation: { evaluations: 1, sampleUsers: 4, probes: 1 },
    });
  // Zero-shot uses these features too.
  const found = new Set<string>();
  for (const source of ['lm', 'own', 'lm+own']) {
    if (source !== 'lm') await expect(run(recipe(source))).rejects.toThrow(/features.source.*has none/);
    const { record } = await run(recipe(source), undefined, undefined, { ...small.data, log });
    expect(record.data.embeddings).toEqual({ width: 5, missing: 0 });
    found.add(`zero-shot ${record.baselines.zeroShot.all.values.mrr}`).add(`loss ${record.arms[0]!.steps.action[0]!}`);
  }
  expect(found.size).toBe(6);
}, 120_000);

it('ranks only a sample of the targets at the end on request, the same for arms and baselines', async () => {
  const evaluation = { evaluations: 1, sampleUsers: 5, finalUsers: 5, probes: 2 };
  const { record } = await run(spec({ training: { steps: 1, batchSize: 4 }, evaluation }));
  const [action, karma] = record.arms.map(({ evaluations }) => evaluations.at(-1)!);
  expect([action!.ranks.length, karma!.ranks.length, record.baselines.popularity.all.targets.all]).toEqual([5, 5, 5]);
}, 120_000);

describe('semantic fidelity', () => {
  const small = (probeSteps: number): RunSpec =>
    spec({
      training: { steps: 1, batchSize: 4, accumulate: 2 },
      evaluation: { evaluations: 1, sampleUsers: 4, probes: 2, probeSteps },
    });

  it('trains the same probe decoder on every arm, within the planned memory, reproducibly', async () => {
    const { record, events, peak } = await run(small(3));
    expectPlanned(planOf(events), peak);
    const all = [
      record.base.control!,
      record.base.fidelity!,
      ...record.arms.map(({ evaluations }) => evaluations.at(-1)!.fidelity!),
    ];
    for (const { counts, values, steps, pairs, decoded } of all) {
      const apart = (counts['warm-decodability'] ?? 0) + (counts['cold-decodability'] ?? 0);
      expect([counts.decodability, apart, steps, pairs, decoded.length]).toEqual([14, 14, 3, 12, 2]);
      expect(values.decodability).toBeCloseTo(values.emptyNll! - values.decodedNll!, 12);
    }
    // Without h, arms do not differ.
    expect(new Set(all.map(({ values }) => values.emptyNll)).size).toBe(1);
    expect(new Set(all.map(({ values }) => values.decodedNll)).size).toBe(4);
    expect(record.arms.map(({ evaluations }) => evaluations.filter(({ fidelity }) => fidelity).length)).toEqual([1, 1]);
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const again = (await run(small(3))).record;
    expect(again.arms.map(({ evaluations }) => evaluations.at(-1))).toEqual(
      record.arms.map(({ evaluations }) => ({
        ...evaluations.at(-1)!,
        seconds: expect.any(Number) as number,
        took: expect.any(Number) as number,
        perUser: expect.any(Number) as number,
      })),
    );
    expect([again.base.control, again.base.fidelity]).toEqual([record.base.control, record.base.fidelity]);
  }, 240_000);

  it('can be stopped between steps of the probe decoder, keeping the arms’ final evaluations', async () => {
    let passes = 0;
    const { record } = await run(small(3), () => Promise.resolve(passes++ < 1 + 4 ? 'go' : 'stop'));
    expect(record.complete).toBe(false);
    expect(record.arms.map(({ evaluations }) => evaluations.at(-1)!.population)).toEqual(['all', 'all']);
    expect(record.arms.some(({ evaluations }) => evaluations.some(({ fidelity }) => fidelity))).toBe(false);
  }, 120_000);

  const finalsOf = ({ baselines, arms }: RunRecord): Ranked[] => [
    ...[baselines.popularity.all, baselines.zeroShot.all],
    ...arms.map(({ evaluations }) => evaluations.at(-1)!),
  ];

  it('measures what arms and baselines retrieve in a catalogue of more than 50 items', async () => {
    const data = await readLog([new File([smallLog(80)], 'log.csv')], { filters: { userCore: 1 } });
    expect(data.log.items.length).toBeGreaterThan(50);
    const { record } = await run({ ...small(0), arms: small(0).arms.slice(0, 1) }, undefined, undefined, data);
    for (const { overlapTargets, values, intervals } of finalsOf(record)) {
      const { 'js50-space': space, 'js50-tokens': tokens } = values;
      expect(overlapTargets).toBe(14);
      expect(space).toBeGreaterThan(intervals['js50-space']![0] - 1e-9);
      expect(space).toBeLessThan(1);
      expect(tokens).toBeGreaterThan(0);
      expect(tokens).toBeLessThan(1);
    }
  }, 120_000);

  it('measures, without probe steps, nothing else', async () => {
    const asked = small(0);
    // A prompt and 16 tokens do not fit this engine.
    const { record } = await run({ ...asked, evaluation: { ...asked.evaluation, prompts: 'harp:' } });
    for (const { evaluations } of record.arms) {
      expect(evaluations.at(-1)!.continuations).toEqual([expect.objectContaining({ baseNll: expect.any(Number) as number })]);
      expect(evaluations.at(-1)!.continuations![0]!.tokens.length).toBeLessThan(16);
    }
    // Of 40 items, lists of 50 are the same whatever the model.
    expect(finalsOf(record).filter(({ overlapTargets }) => overlapTargets !== undefined)).toEqual([]);
    expect(record.arms.every(({ evaluations }) => evaluations.every(({ fidelity }) => fidelity === undefined))).toBe(true);
  }, 120_000);
});
