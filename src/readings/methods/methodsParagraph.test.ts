import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runRecordSchema, type RunRecord } from '../../record/runRecord';
import type { ArmSpec } from '../../recipe/runSpec';
import { filtersSchema } from '../../recipe/logRecipe';
import { namedArm } from '../../recipe/namedArms';
import { compact, count } from '../format';
import { smallRecord } from '../../testing/smallRecord';
import { bibtex, methodsFile, methodsParagraph } from './methodsParagraph';

const recorded = runRecordSchema.parse(JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')));

/** Numbers not from the run: those of cited papers, and in the hash's name. */
const CITED = ['arXiv 2603.22779', 'arXiv 2002.10689', 'arXiv 2410.10781', 'SHA-256'];

const NUMBER = /\d[\d,.]*\d(?:e-?\d+)?|\d(?:e-?\d+)?/g;

/** Every number in a record, as formatted by the page, and those inside its texts. */
function numbersOf(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value === 'number')
    for (const text of [count(value), compact(value), compact(Number(value.toPrecision(3))), String(value)]) into.add(text);
  else if (typeof value === 'string') {
    // Hashes are shortened, and times to the day.
    for (const text of [value, value.slice(0, 12), value.slice(0, 10)])
      for (const [number] of text.matchAll(NUMBER)) into.add(number);
  } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) numbersOf(part, into);
  return into;
}

function numbersIn(text: string): string[] {
  return [...CITED.reduce((rest, cited) => rest.replaceAll(cited, ''), text).matchAll(NUMBER)].map(([number]) => number);
}

/** A record whose final evaluations have semantic fidelity. */
function withFidelity(record: RunRecord): RunRecord {
  const measured = { counts: { decodability: 41 }, values: { decodability: 1 }, intervals: {} };
  const fidelity = { steps: 77, pairs: 924, shrinkage: 1, ...measured, decoded: [] };
  const arms = record.arms.map((arm) => ({
    ...arm,
    evaluations: arm.evaluations.map((one) => (one.population === 'all' ? { ...one, fidelity, overlapTargets: 43 } : one)),
  }));
  return { ...recorded, arms };
}

const stopped: RunRecord = { ...smallRecord(), complete: false };

describe('methodsParagraph', () => {
  it('names no peak of the learning rate that a run ends before', () => {
    const of = (warmupSteps: number): string =>
      methodsParagraph({ ...recorded, spec: { ...recorded.spec, training: { ...recorded.spec.training, warmupSteps } } });
    const { steps } = recorded.spec.training;
    expect(of(steps)).toMatch(/ steps of warm-up, falling to /);
    expect(of(steps + 1)).toMatch(/a learning rate that would be [\d.e-]+ after [\d,]+ steps of warm-up, more than there are/);
    expect(of(steps + 1)).not.toContain('falling to');
  });

  it('says how often targets were ranked while training, not how often the recipe asks for', () => {
    const said = (record: RunRecord): string | undefined => /targets are ranked ([^.]*)\./.exec(methodsParagraph(record))?.[1];
    const { steps, evaluations } = { steps: recorded.spec.training.steps, evaluations: 2 * recorded.spec.training.steps };
    const spec = { ...recorded.spec, evaluation: { ...recorded.spec.evaluation, evaluations } };
    expect(said({ ...recorded, spec })).toBe(`${count(steps)} times`);
    const half = (column: readonly unknown[]): unknown[] => column.slice(0, column.length / 2);
    const arms = recorded.arms.map((arm) => ({ ...arm, steps: { ...arm.steps, step: half(arm.steps.step) as number[] } }));
    expect(said({ ...recorded, spec, arms, complete: false })).toBe(`${count(Math.floor(steps / 2))} times`);
  });

  it.each([
    ['the recorded run', recorded],
    ['a small record', smallRecord()],
    ['one that was stopped', stopped],
    ['one with a probe decoder', withFidelity(smallRecord())],
  ])('has no number that is not in the record: %s', (_, record) => {
    const known = numbersOf(record);
    const numbers = numbersIn(methodsParagraph(record));
    expect(numbers.length).toBeGreaterThan(25);
    expect(numbers.filter((number) => !known.has(number))).toEqual([]);
  });

  it('names given pools and their sizes', () => {
    const given = {
      ...recorded,
      spec: {
        ...recorded.spec,
        evaluation: { ...recorded.spec.evaluation, protocol: 'pre-ranking' as const, poolFrom: 'given' as const },
      },
      pools: { size: 100, largest: 101, from: 'given' as const, seed: 0, all: '' },
    };
    expect(methodsParagraph(given)).toContain('in the given pool of 100 to 101 candidates for each target');
    expect(methodsParagraph(given)).toContain('may order models differently (Krichene & Rendle, KDD 2020)');
    expect(methodsParagraph({ ...given, pools: { ...given.pools, largest: 100 } })).toContain('the given pool of 100 candidates');
  });

  it('follows every field that it mentions', () => {
    const { spec } = recorded;
    const change = (parts: Partial<RunRecord['spec']>): string => methodsParagraph({ ...recorded, spec: { ...spec, ...parts } });
    const trained = { steps: 1234, learningRate: 0.002, seconds: 5, parameters: 55_555 };
    const tried = [0.001, 0.002].map((learningRate) => ({ setting: { learningRate, step: 1234 }, hr: learningRate }));
    const tuning = { targets: 987, k: 10, tried, chosen: 1 };
    const changed: (readonly [string, string])[] = [
      [change({ seed: 987_654 }), 'seed 987654'],
      [change({ lora: { ...spec.lora, rank: 37, alpha: 41, firstLayer: 2 } }), 'rank 37 and α = 41'],
      [change({ lora: { ...spec.lora, firstLayer: 2 } }), 'from index 2 on'],
      [change({ lora: { ...spec.lora, targets: ['q_proj', 'v_proj'] } }), 'on q_proj and v_proj'],
      [change({ training: { ...spec.training, steps: 777, batchSize: 33 } }), '777 steps of 33 users'],
      [change({ training: { ...spec.training, learningRate: 0.0123 } }), 'learning rate of 0.0123'],
      [change({ training: { ...spec.training, clipNorm: 0 } }), 'no gradient clipping'],
      [change({ training: { ...spec.training, decay: 'cosine' } }), 'Further settings: Learning-rate decay: cosine [O].'],
      [change({ objective: { ...spec.objective, actionLoss: 'pairwise' } }), 'over negatives of the batch [R]'],
      [
        methodsParagraph({
          ...recorded,
          exposedNegatives: true,
          spec: { ...spec, objective: { ...spec.objective, actionLoss: 'pairwise' } },
        }),
        'over negatives of the batch and of items shown and not clicked [R]',
      ],
      [
        change({ objective: { ...spec.objective, lambdaExp: 0.4 } }),
        'plus λ_exp = 0.4 times the mean of −log σ(score of the item chosen',
      ],
      [change({ objective: { ...spec.objective, actionLoss: 'full' } }), 'softmax over the whole catalogue [O]'],
      [change({ objective: { ...spec.objective, similarity: 'dot' } }), 'dot products'],
      [change({ objective: { ...spec.objective, itemInterface: 'text', maxTitleTokens: 9 } }), 'the first 9 tokens of its text'],
      [change({ objective: { ...spec.objective, hideEmbFromText: true } }), 'with [EMB] hidden from it [O]'],
      [change({ objective: { ...spec.objective, itemOutput: 'content+id' } }), 'plus a free embedding that starts at zero'],
      [change({ objective: { ...spec.objective, itemInput: 'id' } }), 'a free embedding that each arm trains'],
      [
        methodsParagraph({
          ...recorded,
          baselines: {
            ...recorded.baselines,
            sasrec: { ...recorded.baselines.popularity, ...trained },
          },
        }),
        '55,555 parameters, trained from random weights for 1,234 steps on the same batches at a peak learning rate of 0.002 [O]',
      ],
      [
        methodsParagraph({
          ...recorded,
          spec: { ...spec, evaluation: { ...spec.evaluation, sasrecSteps: 5678 } },
          baselines: {
            ...recorded.baselines,
            sasrec: { ...recorded.baselines.popularity, ...trained, tuning },
          },
        }),
        'for 1,234 steps on the same batches at a peak learning rate of 0.002; of at most 5,678 steps at each of 2 rates, these have the best HR@10 on 987 validation targets [O]',
      ],
      [change({ features: { ...spec.features, source: 'own' } }), 'the embeddings supplied with the log, standardised'],
      [change({ arms: [namedArm('shuffled', 0.7)] }), 'Shuffled text (λ_gen = 0.7, λ_rec = 0.7, the text of a random item)'],
      [change({ evaluation: { ...spec.evaluation, ks: [3, 17] } }), 'for K = 3 and 17'],
      [change({ evaluation: { ...spec.evaluation, probeSteps: 234 } }), 'a probe decoder is trained for 234 steps'],
      [
        change({ evaluation: { ...spec.evaluation, protocol: 'pre-ranking', poolSize: 321 } }),
        'in a sampled pool of 321 candidates for each target',
      ],
      [change({ evaluation: { ...spec.evaluation, protocol: 'ranking' } }), 'AUC inside the list that was shown'],
      [methodsParagraph({ ...recorded, data: { ...recorded.data, users: 4321 } }), '4,321 users'],
      [
        methodsParagraph({ ...recorded, data: { ...recorded.data, dropped: [{ reason: 'no item', rows: 1 }] } }),
        'Excluded: 1 row (no item).',
      ],
    ];
    for (const [text, wanted] of changed) expect(text).toContain(wanted);
  });

  it('says what an arm has otherwise than the recipe', () => {
    const { spec, model } = recorded;
    const own = (arm: Partial<ArmSpec>): string =>
      methodsParagraph({ ...recorded, spec: { ...spec, arms: [{ ...namedArm('action'), ...arm }] } });
    expect(own({ rank: 64, learningRate: 0.0123 })).toContain(
      'Action (λ_gen = 0, λ_rec = 0, LoRA of rank 64, a learning rate of 0.0123)',
    );
    expect(own({ firstLayer: 2, warmupSteps: 7 })).toContain('LoRA in the layers from index 2 on alone, 7 steps of warm-up)');
    expect(own({ firstLayer: model.layers, rank: 64 })).toContain('λ_rec = 0, the language model unchanged)');
    expect(own({ rank: spec.lora.rank, learningRate: spec.training.learningRate })).toContain('Action (λ_gen = 0, λ_rec = 0);');
  });

  it('says how fitted heads were fitted, or that they were not', () => {
    const { spec } = recorded;
    const objective = { ...spec.objective, headStart: 'fitted' as const };
    const fitted = { ...recorded, spec: { ...spec, objective } };
    const headStart = { fitted: true as const, users: 1234, rows: 5678, steps: 91, losses: [], seconds: 1 };
    expect(methodsParagraph({ ...fitted, headStart })).toContain(
      'once for all arms with 91 steps of AdamW on 5,678 prediction rows of 1,234 users [O].',
    );
    const reason = 'Item embeddings are free, so there is no W_e to fit: the heads start at random.';
    const random = methodsParagraph({ ...fitted, headStart: { fitted: false, reason } });
    expect(random).toContain('the heads start at random [O].');
    expect(random).not.toContain('fitted');
  });

  it('names the filters of the log with their values', () => {
    const { data } = recorded;
    const filters = filtersSchema.parse({ leastRating: 4, from: 1_447_536_454, itemCore: 5 });
    const recipe = { sources: [], filters, split: { kind: 'leave-last-out' as const } };
    expect(methodsParagraph({ ...recorded, data: { ...data, recipe } })).toContain(
      'Users need 3 events and items 5. Further filters: Minimum rating: 4; From: 2015-11-14T21:27:34Z [O].',
    );
    const usual = { ...recipe, filters: filtersSchema.parse({}) };
    expect(methodsParagraph({ ...recorded, data: { ...data, recipe: usual } })).not.toContain('Further filters');
  });

  it('describes templates of the history and of the query that are not the usual ones', () => {
    const { spec } = recorded;
    const data = { ...spec.data, historyTemplate: '{title} {category}', queryTemplate: 'wants {query}' };
    const text = methodsParagraph({ ...recorded, spec: { ...spec, data } });
    expect(text).toContain('the mean token embedding of “{title} {category}”');
    expect(text).toContain('if there is one, written “wants {query}”, and a token [EMB]');
    expect(methodsParagraph(recorded)).toContain('if there is one, and a token [EMB]');
  });

  it('names the adapter from which the arms start', () => {
    expect(methodsParagraph(recorded)).not.toContain('They start from');
    const start = { name: 'karma-lora@0123abcd', hash: '0123abcd'.repeat(8), heads: true };
    expect(methodsParagraph({ ...recorded, start })).toContain(
      'They start from the LoRA adapter karma-lora@0123abcd (SHA-256 0123abcd0123) and its projection heads,',
    );
  });

  it('claims a text loss only if an arm has one', () => {
    const action = methodsParagraph({ ...recorded, spec: { ...recorded.spec, arms: [namedArm('action')] } });
    expect(action).not.toContain('L_gen is');
    expect(action).not.toContain('L_rec is');
    const generated = methodsParagraph({ ...recorded, spec: { ...recorded.spec, arms: [namedArm('gen')] } });
    expect(generated).toContain('L_gen is the NLL of the next item’s text y after the history [A; form R].');
    expect(generated).not.toContain('L_rec is');
    expect(generated).not.toMatch(/[Lλ]_item/);
    const items = methodsParagraph({
      ...recorded,
      spec: { ...recorded.spec, arms: [namedArm('action'), namedArm('item', 0.2)] },
    });
    expect(items).toContain('L = L_act + λ_gen·L_gen + λ_rec·L_rec + λ_item·L_item.');
    expect(items).toContain('L_item is the NLL of an item’s text from its embedding e alone');
    expect(items).toContain('+item (λ_gen = 0, λ_rec = 0, λ_item = 0.2)');
  });

  it('says how far a stopped run came', () => {
    expect(methodsParagraph(stopped)).toContain('The run was stopped; the arms had completed 2 and 2 of these steps.');
    expect(methodsParagraph(smallRecord())).not.toContain('stopped');
  });

  it('claims no probe decoder if a run was stopped before one was trained', () => {
    const arms = recorded.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.filter(({ population }) => population === 'sample'),
    }));
    expect(methodsParagraph(recorded)).toContain('probe decoder');
    expect(methodsParagraph({ ...recorded, arms, complete: false })).not.toContain('probe decoder');
  });

  it('says how fidelity was measured, if it was', () => {
    const text = methodsParagraph(withFidelity(smallRecord()));
    expect(text).toContain(
      'over 41 targets, read by a probe decoder that is trained afterwards on every arm alike for 77 steps on 924 pairs',
    );
    expect(text).toContain('JS@50 over 43 targets');
    expect(methodsParagraph(smallRecord())).not.toMatch(/Decodability|JS@/);
  });
});

describe('bibtex', () => {
  it('has the paper by its eprint, without authors, and the version that ran', () => {
    const text = bibtex({ appVersion: '3.2.1', createdAt: '2026-11-05T01:02:03.000Z' });
    expect(text).toContain('eprint        = {2603.22779}');
    expect(text.slice(0, text.indexOf('@software'))).not.toContain('author  ');
    expect(text).toContain('version = {3.2.1}');
    expect(text).toContain('year    = {2026}');
    // Braces are balanced.
    expect(text.split('{')).toHaveLength(text.split('}').length);
  });

  it('follows the paragraph in the file', () => {
    const file = methodsFile(recorded, null);
    expect(file).toContain(methodsParagraph(recorded));
    expect(file).toContain(bibtex(recorded));
  });
});
