/** What is measured, when, and on whom. */
import { t } from '../../words/words';
import { FIELD } from '../fieldMark';
import { z } from 'zod';
import { choices, WORDS } from '../words';
import { boundedText } from '../texts';

/**
 * The paper's stages: HR@K over the whole catalogue, HR@K in stored candidate pools, gAUC in the shown lists.
 */
export const protocolSchema = choices({ recall: 'recall', 'pre-ranking': 'pre-ranking', ranking: 'ranking' });
export type Protocol = z.infer<typeof protocolSchema>;

/**
 * Besides the target: half from item-kNN and popularity, the rest random; all random; shown items, the rest
 * random; those of the log's files.
 */
export const poolSourceSchema = choices({ retrieved: 'retrieved', uniform: 'uniform', exposed: 'exposed', given: 'given' });
export type PoolSource = z.infer<typeof poolSourceSchema>;

export const spacingSchema = choices({ even: 'even', early: 'early' });
export type Spacing = z.infer<typeof spacingSchema>;

const usersSchema = z.union([z.literal('auto'), z.number().int().min(1)]);

/** Texts that LM drift, and that domain drift, is measured on at most. */
export const MOST_TEXTS = 64;

const evaluationFields = z.object({
  evaluations: z.number().int().min(1).max(200).default(3).register(WORDS, {
    label: 'Evaluations during training',
    hint: 'Not counting the one at step 0; the last one is at the last step.',
  }),
  spacing: spacingSchema.default('even').register(WORDS, {
    label: 'Spacing of evaluations',
    hint: 'even: equally many steps apart. early: closer at first, where curves are steepest; evaluation k of n follows step S·(k/n)^1.5 of S.',
  }),
  sampleUsers: usersSchema.default(300).register(WORDS, {
    label: 'Users per evaluation',
    hint: 'auto: as many as keep evaluation under a tenth of the run. The last evaluation is on all users.',
  }),
  finalUsers: usersSchema.default('auto').register(WORDS, {
    label: 'Test targets at the end',
    hint: 'auto: all of them, or a sample if the catalogue is large, the model slow or the run short; the same for arms and baselines.',
  }),
  watch: choices({ test: 'test', validation: 'validation' }).default('validation').register(WORDS, {
    label: 'Targets during training',
    hint: 'Whose targets the curves follow. The last evaluation is always on the test targets of all users.',
  }),
  ks: z.array(z.number().int().min(1)).min(1).default([1, 5, 10, 20, 50, 100, 200]).register(WORDS, {
    label: 'K',
    hint: 'Lengths of the lists that ranking is measured on, up to the size of the catalogue. Coverage, Gini index and popularity go up to 200.',
  }),
  sasrecSteps: z.number().int().min(0).max(100_000).default(0).register(WORDS, {
    label: 'SASRec-size baseline: most steps',
    hint: 'A small model that knows items by their IDs alone, trained on the same batches before the arms until HR@10 on validation targets stops rising, for at most so many steps; the best state is ranked. Where several settings of baselines are tried, it is trained at as many learning rates, at most five. 0 leaves it out.',
  }),
  baselineTrials: z.number().int().min(1).max(9).default(1).register(WORDS, {
    label: 'Baselines: settings tried',
    hint: 'So many settings of item-kNN (neighbours, shrinkage), EASE (λ) and popularity (window) are tried on validation targets; the one with the best HR@10 is reported. 1: the usual ones, and EASE only of at most 1,200 users or items. A grid that tunes learning rates tries as many as rates.',
  }),
  maskHistory: z.boolean().default(true).register(WORDS, {
    label: 'Exclude the history from the ranking',
    hint: 'Items of the user’s own history are not ranked.',
  }),
  beamWidth: z.number().int().min(1).max(200).default(20).register(WORDS, {
    label: 'Beam width',
    hint: 'Semantic IDs only: the most likely tuples of codes that decoding keeps at every level; a target that none of them names counts as ranked last, so HR@K does not grow beyond K = beam width. TIGER uses 20, MiniOneRec 50.',
    stated: true,
  }),
  protocol: protocolSchema.default('recall').register(WORDS, {
    label: 'Protocol',
    hint: 'recall: HR@K over the whole catalogue. pre-ranking: also HR@K inside a pool of candidates. ranking: gAUC inside the list shown with each click, for logs that name the items shown.',
  }),
  poolSize: z.number().int().min(2).max(100_000).default(500).register(WORDS, {
    label: 'Pool size',
    unit: 'items',
    hint: 'Pre-ranking only. The target is one of them. Given pools keep their own size.',
  }),
  poolFrom: poolSourceSchema.default('retrieved').register(WORDS, {
    label: 'Pool candidates',
    hint: 'Pre-ranking only. retrieved: a quarter item-kNN’s nearest, a quarter the most popular, the rest at random. uniform: at random. exposed: the items shown with the click, the rest at random. given: the candidate sets among the log’s files; only targets that have one are evaluated.',
  }),
  poolSeed: z.number().int().min(0).max(0xffffffff).default(0).register(WORDS, {
    label: 'Pool seed',
    hint: 'Pre-ranking only. Pools do not change with the seed of the experiment, so all seeds are evaluated on the same pools.',
  }),
  probes: z.number().int().min(1).max(64).default(4).register(WORDS, {
    label: 'Probe histories',
    hint: 'Held-out histories whose attention is recorded.',
  }),
  /** Its batches have as many users as the arms'. */
  probeSteps: z.number().int().min(0).max(10_000).default(0).register(WORDS, {
    label: 'Probe decoder steps',
    hint: 'After training, the same decoder is trained on every arm’s embeddings to measure the decodability gain; also on the untrained model’s, on the targets’ own as a control, and once without h. A step costs less than a KARMA step. 0 leaves it out.',
  }),
  prompts: boundedText(600).default('').register(WORDS, {
    label: 'Prompts',
    hint: 'Texts that the base model and the arms continue at every evaluation, separated by |. auto: three that suit the model. Empty: none.',
  }),
  domainTexts: z.array(boundedText(500).trim().min(1)).max(1000).default([]).register(WORDS, {
    label: 'Texts of the model’s domain',
    hint: 'A text file, one text per line: what the language model should still know. Domain drift is measured on the first ones, at most as many as there are texts of LM drift; L_replay trains on those after the first 64. The embedded model comes with its own.',
  }),
  texts: z.number().int().min(1).max(MOST_TEXTS).default(MOST_TEXTS).register(WORDS, {
    label: 'Texts of LM drift',
    hint: 'LM drift is measured on so many item texts, and domain drift on at most as many texts of the model’s domain. Fewer take less time and give a rougher number.',
    stated: true,
  }),
  sinkThreshold: z.number().gt(0).lt(1).default(0.3).register(WORDS, { label: 'Sink threshold ε' }),
});
export const evaluationSchema = evaluationFields.refine(
  ({ protocol, poolSize, poolFrom, ks }) => protocol !== 'pre-ranking' || poolFrom === 'given' || poolSize > Math.min(...ks),
  {
    path: ['poolSize'],
    error: () => t('{field} must exceed the smallest K: every target is among the K best of K candidates.', { field: FIELD }),
  },
);
