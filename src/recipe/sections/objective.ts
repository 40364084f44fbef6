/** What is learned: how an item enters, what an item's embedding is, the action loss and its limits. */
import { z } from 'zod';
import { choices, WORDS } from '../words';
import { verbatim } from '../texts';

/**
 * How an item enters the LLM: one continuous token, its title's tokens followed by a separator, or its
 * semantic ID, a tuple of codes that are new tokens (TIGER, Rajput et al., arXiv 2305.05065; MiniOneRec,
 * arXiv 2510.24431), which then is also what the model predicts.
 */
export const itemInterfaceSchema = choices({ token: 'one token', text: 'title tokens', semantic: 'semantic IDs' });

/** L_act: `pairwise` is the paper's, `infonce` and `full` are our controls. */
export const actionLossSchema = choices({
  pairwise: 'pairwise (paper)',
  infonce: 'InfoNCE in the batch',
  full: 'full softmax',
});
export type ActionLoss = z.infer<typeof actionLossSchema>;

/**
 * Where an item token comes from (interface `token`): `title+hidden` mean title-token embedding + W_in·hidden
 * with W_in = 0 at start; `title` W_in·title with W_in = I at start; `hidden` W_in·hidden with W_in random at
 * start; `id` a free embedding u_i of the item; `title+hidden+id` the first plus u_i, u = 0 at start.
 */
export const itemInputSchema = choices({
  'title+hidden': 'title + hidden states',
  title: 'title',
  hidden: 'hidden states',
  id: 'ID',
  'title+hidden+id': 'title + hidden + ID',
});

/**
 * What an item's embedding e_i is made of: `content` W_e·x_i; `content+id` W_e·x_i + z_i, z_i a free
 * embedding of the item that starts at 0; `id` z_i alone; `tied` the input's u_i (itemInput `id`, embeddings
 * as long as the model's hidden states). Free embeddings say nothing about items that were never a target.
 */
export const itemOutputSchema = choices({
  content: 'features',
  'content+id': 'features + ID',
  id: 'ID',
  tied: 'ID, tied to the input',
});

/**
 * Whether W_o and W_e are drawn, or W_e is the identity, which is not trained: docs/method.md. Earlier
 * versions fitted them first.
 */
export const headStartSchema = choices({ identity: 'the features themselves', random: 'at random', fitted: 'fitted' }, [
  'fitted',
]);

/**
 * What enters at [EMB]: a trained vector, or the last item's token plus a trained vector that starts at 0
 * (interface `token`).
 */
export const embTokenSchema = choices({ learned: 'a trained vector', 'last-item': 'the last item, plus a trained vector' });

/**
 * What is added to W_o·hidden in h: W_s times the mean features of the last items that a prediction row has
 * seen.
 */
export const interestSkipSchema = choices({ none: 'nothing', features: 'mean features of the last items' });

export const objectiveSchema = z.object({
  itemInterface: itemInterfaceSchema.default('token').register(WORDS, {
    label: 'Item interface',
    hint: 'An item enters as one continuous token, as the tokens of its title, or as the codes of its semantic ID, which the model then generates instead of comparing embeddings.',
  }),
  codeLevels: z.number().int().min(1).max(8).default(3).register(WORDS, {
    label: 'Levels of a semantic ID',
    hint: 'Semantic IDs only: codes per item, each the nearest centroid of what the codes before it leave of the item’s features (residual k-means). TIGER and MiniOneRec use 3.',
    stated: true,
  }),
  codebookSize: z.number().int().min(2).max(4096).default(32).register(WORDS, {
    label: 'Codes per level',
    hint: 'Semantic IDs only: centroids of each k-means. TIGER and MiniOneRec use 256, for catalogues of many thousand items.',
    stated: true,
  }),
  codeIndex: z.array(verbatim(1000)).max(200_000).default([]).register(WORDS, {
    label: 'Codes from a file',
    hint: 'Semantic IDs only: MiniOneRec’s index.json, which names the codes of every item of the log. Without one they are computed by residual k-means.',
  }),
  itemInput: itemInputSchema.default('title+hidden').register(WORDS, {
    label: 'Item token from',
    hint: 'Token interface only. ID is a free embedding of the item, which says nothing about items outside the training histories.',
  }),
  itemOutput: itemOutputSchema.default('content').register(WORDS, {
    label: 'Item embedding from',
    hint: 'The item’s features, a free embedding of its ID, or their sum; tied: the input’s embedding. Free embeddings never learn items that nobody chose in training.',
  }),
  actionLoss: actionLossSchema.default('full').register(WORDS, {
    label: 'Action loss',
    hint: 'pairwise is the paper’s; infonce (softmax over the targets of the batch) and full (softmax over the catalogue) are controls.',
  }),
  similarity: choices({ cosine: 'cosine', dot: 'dot product' }).default('cosine').register(WORDS, { label: 'Similarity' }),
  temperature: z.number().positive().default(0.07).register(WORDS, {
    label: 'Initial temperature τ',
    hint: 'Cosine similarity only: score = cos(h, e) / τ. τ is learned.',
  }),
  embeddingSize: z.number().int().min(4).max(1024).multipleOf(4).default(512).register(WORDS, {
    label: 'Embedding size',
    hint: 'Length of the interest embedding h and of the item embeddings e. Where heads are the features themselves: as many of these as enter.',
  }),
  headStart: headStartSchema.default('identity').register(WORDS, {
    label: 'Head initialisation',
    hint: 'The features themselves: W_e and W_s are the identity and are not trained, and W_o starts at 0, so the ranking before the first step needs no LLM.',
  }),
  embToken: embTokenSchema.default('last-item').register(WORDS, {
    label: '[EMB] enters as',
    hint: 'The last item’s token exists only in the token interface; the vector added to it starts at 0.',
    stated: true,
  }),
  interestSkip: interestSkipSchema.default('features').register(WORDS, {
    label: 'Skip into h',
    hint: 'A projection W_s of the mean features of the history’s last items is added to h. Heads that start at random then start with W_o = 0 and W_s = W_e, so the ranking before the first step is zero-shot through a random projection.',
    stated: true,
  }),
  skipItems: z.number().int().min(0).max(100_000).default(0).register(WORDS, {
    label: 'Items of the skip',
    hint: 'How many of the history’s last items in the LLM the mean features are taken over. 0: all of the history, also items that do not enter the LLM.',
    stated: true,
  }),
  skipLast: z.number().min(0).max(100).default(0.3).register(WORDS, {
    label: 'Last item in the skip',
    hint: 'Its features are added to the mean again, times this weight.',
    stated: true,
  }),
  popularity: z.number().min(0).max(100).default(0.5).register(WORDS, {
    label: 'Popularity in the scores',
    hint: 'That many times the logarithm of 1 + an item’s training events is added to its scores, in loss and ranking; cold items get the warm ones’ mean. 0: nothing is.',
    stated: true,
  }),
  candidates: choices({ all: 'all items', possible: 'items that can be right' }).default('possible').register(WORDS, {
    label: 'Candidates of the full softmax',
    hint: 'Full softmax only. Items that can be right: without those that no training event has and those of the history so far.',
    stated: true,
  }),
  positions: choices({
    all: 'all items and [EMB]',
    baskets: 'the last item of each basket, and [EMB]',
    last: '[EMB] alone',
  })
    .default('all')
    .register(WORDS, {
      label: 'Predict from',
      hint: 'Which positions predict a next item: every item position and [EMB]; or, where events of one time are a basket, whose order says nothing, the last item of each basket and [EMB], each an item drawn from the next basket; or [EMB] alone.',
    }),
  lambdaExp: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_exp',
    hint: 'Weight of L_exp, which is added to the action loss of every arm: at each position that predicts, the item chosen is to score above those shown with it and not clicked. For logs that name the items shown; 0 leaves it out.',
  }),
  hideEmbFromText: z
    .boolean()
    .default(false)
    .register(WORDS, { label: 'Hide [EMB] from y in L_gen', hint: 'The rows of the text do not attend to [EMB].' }),
  maxHistory: z.number().int().min(1).max(200).default(12).register(WORDS, { label: 'Longest history', unit: 'items' }),
  maxTextTokens: z.number().int().min(2).max(256).default(16).register(WORDS, {
    label: 'Longest y',
    unit: 'tokens',
    hint: 'The end-of-sequence token included.',
  }),
  maxTitleTokens: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(6)
    .register(WORDS, { label: 'Longest title', unit: 'tokens', hint: 'Text interface only.' }),
  imageUnits: z.number().int().min(8).max(1024).multipleOf(4).default(128).register(WORDS, {
    label: 'Hidden units of L_img’s decoder',
    hint: 'Of each of the two hidden layers of g, which each arm with λ_img trains.',
  }),
  useQuery: z.boolean().default(false).register(WORDS, {
    label: 'Search query after the history',
    hint: 'The query of the target event, if the log has one.',
  }),
});
/**
 * The objective with what item rows and item embeddings are made of: those of codes are free embeddings of
 * tokens, whatever is chosen for items.
 */
export function withFreeCodes<T extends Pick<z.infer<typeof objectiveSchema>, 'itemInterface' | 'itemInput' | 'itemOutput'>>(
  objective: T,
): T {
  return objective.itemInterface === 'semantic' ? { ...objective, itemInput: 'id', itemOutput: 'id' } : objective;
}
export type HeadStartChoice = z.infer<typeof headStartSchema>;

/** Whether the softmax leaves out what cannot be right. */
export function leavesOut({
  actionLoss,
  candidates,
}: Pick<z.infer<typeof objectiveSchema>, 'actionLoss' | 'candidates'>): boolean {
  return actionLoss === 'full' && candidates === 'possible';
}
