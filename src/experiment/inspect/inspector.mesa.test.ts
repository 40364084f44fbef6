/** The inspector against the evaluation of the run whose arms it shows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openModel } from '../../cli/diskSource';
import { readLog, type ReadLog } from '../../log/readLog';
import type { TrainedArm } from '../../engine/trainedArm';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { watchBuffers } from '../../gpu/bufferWatch';
import type { LoadedModel } from '../../model/loadedModel';
import { configureOrt } from '../../model/ortSession';
import { fromBase64 } from '../../record/base64';
import type { InspectionAnswer } from '../../record/inspection';
import type { RunRecord } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import type { TrainedProbe } from '../evaluate/decodability';
import { userHistory } from './findInLog';
import { Inspector } from './inspector';
import { runExperiment } from '../runExperiment';
import type { Training } from '../train/training';
import { certifyModel } from '../prepare/checkModel';
import { logUsers } from '../../testing/smallLogs';

let gpu: Gpu;
let model: LoadedModel;
let record: RunRecord;
let training: Training;
let arms: readonly TrainedArm[];
const probes = new Map<string | null, TrainedProbe>();

/** 12 users × 6 events on 40 items, with a query before the last. */
function log(): Promise<ReadLog> {
  const items = readFileSync('public/datasets/wordnet-store/items.csv', 'utf8').split('\n').slice(1, 41);
  const rows = ['user_id,item_id,timestamp,title,query'];
  for (let user = 0; user < 12; user++) {
    for (let event = 0; event < 6; event++) {
      const item = (user * 7 + event * 3) % 40;
      rows.push(`u${user},i${item},${1000 * user + event},${items[item]!.split(',')[1]!},${event === 5 ? 'old lace' : ''}`);
    }
  }
  return readLog([new File([rows.join('\n')], 'small.csv')]);
}

beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
  ({ model } = await openModel(path.resolve('public/models/wordnet-1m'), 'wordnet-1m'));
  const spec = runSpecSchema.parse({
    version: 1,
    training: { steps: 2, batchSize: 4, warmupSteps: 1 },
    objective: { maxHistory: 4, maxTextTokens: 8 },
    evaluation: { evaluations: 1, sampleUsers: 4, probes: 2, probeSteps: 2 },
  });
  record = await runExperiment(
    {
      gpu,
      spec,
      model,
      certification: await certifyModel(gpu, model),
      data: await log(),
      store: { load: () => Promise.resolve([]), save: () => Promise.resolve() },
      profiled: () => false,
      requestRepeats: 1,
      onTraining: (begun) => {
        training = begun;
      },
      onTrained: (trained) => {
        arms = trained;
      },
      onProbed: (arm, probe) => {
        probes.set(arm, probe);
      },
    },
    () => undefined,
    () => Promise.resolve('go'),
  );
}, 240_000);

async function answers(question: {
  items: readonly number[];
  query: string;
  target: number | null;
}): Promise<InspectionAnswer[]> {
  const list: InspectionAnswer[] = [];
  await watchBuffers(gpu.device, async (watch) => {
    const inspector = await Inspector.open({ ...training, gpu, model });
    const asked = { log: training.data.log.hash, ...question } as const;
    for await (const answer of inspector.answer(asked, { arms, probes }, () => true)) list.push(answer);
    inspector.destroy();
    expect(watch.open).toBe(0);
  });
  return list;
}

it('ranks a user’s next item where the final evaluation did', async () => {
  for (const [index, target] of training.data.split.test.entries()) {
    if (index % 4 > 0) continue;
    const { user, items, query, target: wanted } = userHistory(training.data, logUsers(training.data.log)[target.user]!.id, 0);
    const [first, last] = await answers({ items: items.map(({ item }) => item), query, target: wanted.item });
    expect(user).toBe(logUsers(training.data.log)[target.user]!.id);
    for (const arm of record.arms) {
      const seen = first!.models.find(({ id }) => id === arm.id)!;
      expect(seen.rank, `${user} ${arm.id}`).toBe(arm.evaluations.at(-1)!.ranks[index]);
      expect(seen.texts).toBeNull();
    }
    expect(last!.models.map(({ id, texts }) => [id, texts!.own !== null, texts!.probe !== null])).toEqual([
      ['base', false, true],
      ['itemKnn', false, false],
      ['action', false, true],
      ['karma', true, true],
    ]);
  }
}, 120_000);

it('reads a probe as the evaluation did: items, texts, and the [EMB] row', async () => {
  const probe = record.probes[0]!;
  const { items } = userHistory(training.data, probe.user, 0);
  const wanted = [...training.data.log.items].findIndex(({ title }) => title === probe.target);
  const answer = (await answers({ items: items.map(({ item }) => item), query: '', target: wanted })).at(-1)!;
  expect(answer.labels).toEqual(probe.labels);
  expect(answer.itemPositions).toEqual(probe.itemPositions);
  for (const arm of record.arms) {
    const { readings, fidelity } = arm.evaluations.at(-1)!;
    const seen = answer.models.find(({ id }) => id === arm.id)!;
    expect(seen.top.slice(0, 5).map(({ title }) => title)).toEqual(readings[0]!.top.map(({ title }) => title));
    expect(seen.texts).toEqual({ own: readings[0]!.decoded, probe: fidelity!.decoded[0] });
    const { layers, heads, length, data } = arm.attention.at(-1)!;
    const bytes = fromBase64(data);
    for (let plane = 0; plane < layers * heads; plane++) {
      const row = seen.attention!.subarray(plane * length, (plane + 1) * length);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      row.forEach((share, k) => {
        expect(Math.abs(255 * share - bytes[(plane + 1) * length * length - length + k]!)).toBeLessThan(0.6);
      });
    }
  }
}, 120_000);

it('takes any history, uses its newest items, and stops when the answer is no longer wanted', async () => {
  const { maxHistory } = training.spec.objective;
  const long = [0, 1, 2, 3, 4, 5, 6].slice(0, maxHistory + 2);
  const [answer] = await answers({ items: long, query: 'a query longer than any of the log', target: null });
  expect(answer!.itemPositions).toHaveLength(maxHistory);
  expect(answer!.labels).toContain('[QUERY]');
  for (const { top, rank } of answer!.models) {
    expect(rank).toBeNull();
    expect(top.map(({ item }) => item).some((item) => long.includes(item))).toBe(false);
  }
  const inspector = await Inspector.open({ ...training, gpu, model });
  const question = { log: '', items: [1], query: '', target: null } as const;
  const unwanted = inspector.answer(question, { arms, probes }, () => false);
  expect((await unwanted.next()).done).toBe(true);
  inspector.destroy();
}, 120_000);
