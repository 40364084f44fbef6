/**
 * Beam search with beams side by side in one sequence, against scoring every item alone by the sequence that
 * a step trains on.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { readFloats } from '../../gpu/tensor';
import { loadFixture } from '../../testing/loadFixture';
import { sharedGpu } from '../../testing/sharedGpu';
import type { Arm } from '../arm';
import { packHistories, type EncodedExample } from '../decoder/sequence';
import { Engine } from '../engine';
import { flatParameters, withTraining, type Fixture } from '../fixture';
import { Evaluator } from '../ranking/evaluator';
import { NO_ITEM } from '../ranking/itemLists';
import { codeTokens } from '../../model/codes/itemCodes';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** log p of an item's codes after a history, code by code. */
async function logProbability(engine: Engine, arm: Arm, example: EncodedExample, item: number): Promise<number> {
  const { context, head, histories, inputs } = engine;
  const e = inputs.spec.objective.embeddingSize;
  const options = { ...engine.packOptions(false, arm.spec), positions: 'last', withTarget: true } as const;
  const packed = packHistories([{ ...example, target: item }], options);
  const predictions = packed.predictionRows.length;
  histories.load(packed);
  head.loadRows(packed);
  histories.forward(engine.use(arm));
  head.interest(histories.pass, predictions, arm.parameters);
  const rows = head.catalogue(arm.parameters);
  context.recorder.submit();
  const tokens = codeTokens(engine.codes);
  const [h, z, logScale] = await readFloats(context.memory, [
    { tensor: head.h, elements: predictions * e },
    { tensor: rows, elements: tokens * e },
    { tensor: arm.parameters.named('log_scale'), elements: 1 },
  ]);
  const scale = inputs.spec.objective.similarity === 'cosine' ? Math.exp(logScale![0]!) : 1;
  let sum = 0;
  packed.predictionTargets.forEach((target, row) => {
    const scores = Array.from({ length: tokens }, (_, token) => {
      let score = 0;
      for (let c = 0; c < e; c++) score += h![row * e + c]! * z![token * e + c]!;
      return scale * score;
    });
    sum += scores[target]! - Math.log(scores.reduce((total, score) => total + Math.exp(score), 0));
  });
  return sum;
}

async function opened(fixture: Fixture): Promise<{ readonly engine: Engine; readonly arm: Arm }> {
  const engine = await Engine.create(gpu, fixture.inputs);
  return { engine, arm: engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout)) };
}

describe.each(['odd-semantic-karma', 'gpt2-semantic-gen', 'gemma3-semantic-karma', 'odd-semantic-sink'])('%s', (name) => {
  it.each([
    ['all requests at once', 1],
    ['a pass for each request', 4],
  ])('finds with enough beams what scoring every item alone finds, %s', async (_, accumulate) => {
    const fixture = withTraining(await loadFixture(name), { accumulate });
    const { engine, arm } = await opened(fixture);
    const { items } = fixture.inputs;
    const listed = items;
    const masked = fixture.batch.map(({ history }) => history);
    const found = await new Evaluator(engine, 1, 64).rank(arm, fixture.batch, masked, { listed, beamWidth: 200 });
    for (const [request, example] of fixture.batch.entries()) {
      const hidden = new Set(masked[request]);
      hidden.delete(example.target);
      const scores: { item: number; score: number }[] = [];
      for (let item = 0; item < items; item++)
        if (!hidden.has(item)) scores.push({ item, score: await logProbability(engine, arm, example, item) });
      const got = Array.from(found.top.subarray(request * listed, (request + 1) * listed));
      expect(new Set(got.filter((item) => item !== NO_ITEM))).toEqual(new Set(scores.map(({ item }) => item)));
      for (const { item, score } of scores)
        expect(found.decoded!.scores[request * listed + got.indexOf(item)]).toBeCloseTo(score, 3);
      const target = scores.find(({ item }) => item === example.target)!.score;
      expect(found.above[request]).toBe(scores.filter(({ score }) => score > target + 1e-4).length);
      expect(found.equal[request]).toBe(scores.filter(({ score }) => Math.abs(score - target) < 1e-4).length - 1);
    }
    engine.destroy();
  });
});

it('recommends what it ranks', async () => {
  const fixture = await loadFixture('odd-semantic-karma');
  const { engine, arm } = await opened(fixture);
  const evaluator = new Evaluator(engine, 1, 64);
  const { catalogue } = await evaluator.catalogue(arm);
  const { top } = await evaluator.rank(arm, fixture.batch, [], { listed: 3, beamWidth: 3 });
  expect([...(await evaluator.recommend(arm, { catalogue, examples: fixture.batch, masked: [] }, 3, 3))]).toEqual([...top]);
  engine.destroy();
});
