/** A run whose items are semantic IDs, from its log to its record, and the inspector on its arms. */
import { beforeAll, expect, it } from 'vitest';
import { collisionRate } from '../model/codes/itemCodes';
import { SmallExperiment, smallSpec } from '../testing/smallExperiment';
import { historyPrompt } from './inspect/textPrompt';
import { Inspector } from './inspect/inspector';
import { runExperiment } from './runExperiment';
import type { Training } from './train/training';
import type { TrainedArm } from '../engine/trainedArm';
import type { RunRecord } from '../record/runRecord';

const SEMANTIC = { itemInterface: 'semantic', maxHistory: 4, maxTextTokens: 8, codeLevels: 2, codebookSize: 6 };

let experiment: SmallExperiment;
let record: RunRecord;
let training: Training;
let arms: readonly TrainedArm[];
beforeAll(async () => {
  experiment = await SmallExperiment.shared();
  const spec = smallSpec({ objective: SEMANTIC, evaluation: { evaluations: 1, sampleUsers: 8, beamWidth: 10, probeSteps: 1 } });
  record = await runExperiment(
    {
      ...experiment.inputs(spec),
      onTraining: (begun) => {
        training = begun;
      },
      onTrained: (trained) => {
        arms = trained;
      },
    },
    () => undefined,
    () => Promise.resolve('go'),
  );
}, 240_000);

it('ranks by beams, and says how many codes are valid and how many collide', () => {
  expect(record.complete).toBe(true);
  const { codes } = training.features;
  expect(codes!.sizes).toEqual([6, 6]);
  for (const { evaluations } of record.arms) {
    for (const { values, ranks, targets, userSinks, overlapTargets, requests } of evaluations) {
      expect(values.codeCollisions).toBe(collisionRate(codes!));
      expect(values.codeValidity).toBeGreaterThanOrEqual(0);
      expect(values.codeValidity).toBeLessThanOrEqual(1);
      expect(ranks).toHaveLength(targets.all);
      const lists = Object.keys(values).filter((id) => id.startsWith('coverage'));
      expect(lists).toEqual(['coverage@1', 'coverage@5', 'coverage@10']);
      expect([userSinks, overlapTargets, requests]).toEqual([undefined, undefined, undefined]);
    }
  }
  expect(record.base.control).toBeUndefined();
  expect(record.base.fidelity).toBeDefined();
});

it('shows attention by item, whatever the number of codes', () => {
  const { probes, base } = record;
  const [probe] = probes;
  expect(base.attention.length).toBe(probe!.labels.length);
  expect(probe!.itemPositions).toEqual(probe!.labels.slice(1, -1).map((_, at) => 1 + at));
});

it('lists in the inspector what the evaluation lists', async () => {
  const { gpu, model } = experiment;
  const inspector = await Inspector.open({ ...training, gpu, model });
  const { data } = training;
  const target = data.split.test[0]!;
  const question = {
    log: data.log.hash,
    items: data.historyOf(target),
    query: '',
    target: data.log.events.item(target.user, target.position),
  };
  for await (const { models, labels } of inspector.answer(question, { arms, probes: new Map() }, () => true)) {
    const own = models.filter(({ id }) => arms.some(({ spec }) => spec.id === id));
    expect(own).toHaveLength(2);
    for (const { top, rank, attention } of own) {
      expect(top).toHaveLength(10);
      expect(top.every(({ score }, at) => score < 0 && (at === 0 || score <= top[at - 1]!.score))).toBe(true);
      expect(rank).not.toBeNull();
      expect(attention).toHaveLength(model.config.layers * model.config.heads * labels.length);
    }
  }
  inspector.destroy();
});

it('writes from a history of codes', async () => {
  const { model } = experiment;
  const { data, features, spec, initial } = training;
  const example = data.exampleFor(data.split.test[0]!);
  const inputs = { features, titleTokens: data.titleTokens, objective: spec.objective };
  const { rows } = await historyPrompt(model, inputs, example, initial);
  expect(rows.length / model.config.hidden).toBe(
    2 + 2 * example.history.length + (example.query.length > 0 ? 1 + example.query.length : 0),
  );
});

it('takes the codes of a file, and refuses one of another log', async () => {
  const ids = experiment.data.log.items.map(({ id }) => id);
  const codeIndex = ids.map((id, at) => `${id}\t<a_${at % 3}> <b_${at % 5}> <c_${at % 7}>`);
  const evaluation = { evaluations: 1, sampleUsers: 4 };
  const { record: run } = await experiment.run(smallSpec({ objective: { ...SEMANTIC, codeIndex }, evaluation }), () =>
    Promise.resolve('stop'),
  );
  expect(run.arms[0]!.evaluations[0]!.values.codeCollisions).toBe(0);
  const short = smallSpec({ objective: { ...SEMANTIC, codeIndex: codeIndex.slice(1) }, evaluation });
  await expect(experiment.run(short)).rejects.toThrow(
    `1 item of the log has no codes in the file (objective.codeIndex), ${ids[0]!} among them.`,
  );
}, 120_000);
