/** Random recipes on a small log: what a run guarantees for all of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { fuzzCampaign } from '../../src/testing/campaign';
import { SmallExperiment, smallSpec } from '../../src/testing/smallExperiment';
import { runRecordSchema } from '../../src/record/runRecord';
import { weightFormatSchema } from '../../src/recipe/runSpec';

const recipes = fc.record({
  seed: fc.nat({ max: 1000 }),
  arms: fc.shuffledSubarray(
    [
      { id: 'action', label: 'Action' },
      { id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 },
      { id: 'shuffled', label: 'Shuffled', lambdaGen: 0.3, shuffle: 'text' },
    ],
    { minLength: 1, maxLength: 2 },
  ),
  model: fc.record({ precision: fc.constantFrom(...weightFormatSchema.options) }),
  lora: fc.record({ firstLayer: fc.constantFrom(0, 0, 2), rank: fc.constantFrom(2, 8), trainInputs: fc.boolean() }),
  objective: fc.record({
    itemInterface: fc.constantFrom('token', 'text'),
    itemInput: fc.constantFrom('title+hidden', 'title', 'hidden', 'id', 'title+hidden+id'),
    itemOutput: fc.constantFrom('content', 'content+id', 'id'),
    actionLoss: fc.constantFrom('pairwise', 'infonce', 'full'),
    similarity: fc.constantFrom('cosine', 'dot'),
    positions: fc.constantFrom('all', 'baskets', 'last'),
    hideEmbFromText: fc.boolean(),
    useQuery: fc.boolean(),
    maxHistory: fc.integer({ min: 1, max: 5 }),
    maxTextTokens: fc.integer({ min: 2, max: 8 }),
  }),
  training: fc.record({
    steps: fc.constantFrom(1, 2, 3),
    batchSize: fc.constantFrom(2, 4),
    accumulate: fc.constantFrom(1, 2),
    checkpoint: fc.boolean(),
  }),
  evaluation: fc.record({
    evaluations: fc.constantFrom(1, 2),
    sampleUsers: fc.constantFrom(2, 5),
    probes: fc.constantFrom(1, 2),
    protocol: fc.constantFrom('recall', 'pre-ranking', 'ranking'),
    poolSize: fc.constant(12),
    maskHistory: fc.boolean(),
    watch: fc.constantFrom('test', 'validation'),
  }),
});

export default fuzzCampaign(
  'a recipe runs to the end, in the memory it said, gives all of it back, and leaves a record that reads back',
  { cases: 2000, sample: 1, shrink: false },
  recipes,
  async (recipe) => {
    const experiment = await SmallExperiment.shared();
    const { record, events, peak } = await experiment.run(smallSpec(recipe));
    expect(record.complete).toBe(true);
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const forecast = events.find((event) => event.type === 'memory')!;
    // Small parts that the plan does not count matter most in a model of one million parameters in four bits.
    const off = Math.abs(peak - forecast.plan!.total);
    expect(off, 'planned against measured memory').toBeLessThan(0.1 * peak + 2e6);
    return { 'MB of memory not planned for': off / 1e6 };
  },
);
