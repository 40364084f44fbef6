/** Short definitions for the newcomer, shown on hover and on focus. */
export const TERMS = {
  history: 'The items that a user interacted with before the one to predict, oldest first.',
  interest: 'h_t: the vector that the LLM gives at [EMB] after the history. Items are ranked by its similarity with theirs.',
  negative: 'An item that was not the next one; the action loss pushes its score below the target’s.',
  hr: 'Hit rate at K: share of users whose next item is among the K best of the whole catalogue. With one target a user it equals recall at K.',
  ndcg: 'Normalised discounted cumulative gain at K: a hit counts less the further down it stands, 1/log₂(1 + rank).',
  mrr: 'Mean reciprocal rank at K: a hit counts 1/rank, anything beyond K nothing.',
  coverage: 'Item coverage at K: share of the catalogue that is in at least one user’s list of K.',
  gini: 'Gini index at K: how unequally the places of all lists are shared among the items of the catalogue; 0 equally, 1 all to a few.',
  popularity:
    'Average popularity at K: training events of an item, mean over the lists. High means that popular items are recommended.',
  pool: 'Sampled pool: candidates drawn once for each target, which is ranked among them instead of the whole catalogue. Numbers are higher than over the catalogue and depend on how the pool was drawn.',
  gauc: 'Grouped AUC: inside the list that was shown with a click, the share of the other items that score lower than the clicked one.',
  sink: 'A position that draws attention from nearly every query row, whatever the row asks. Here: mean incoming attention above ε.',
  barcode: 'How much all query rows attend the same items: 1 means that every row is the same, which shows as vertical stripes.',
  rank: 'RankMe, the effective rank: how many directions the embeddings really use. Low means collapsed.',
  decodability: 'Whether the text of the next item can be generated from the interest embedding alone.',
  content:
    'The items of a history change places and attention is recorded again: where the map stays the same, places decide what is attended, not what the items are.',
  plane: 'The two directions in which the item embeddings differ most before training. All arms and steps are drawn in it.',
  spectrum:
    'Singular values of the centred embeddings, largest first: a curve that falls fast means that few directions carry all the variance.',
  gain: 'How many nats a token a decoder saves by knowing the interest embedding. The decoder is the same for all arms and trained after them, so an arm that trained one of its own has no head start.',
  js: 'How like the target the 50 best items are, as an overlap of sets: of neighbours in the space of frozen features, or of words.',
  drift: 'Rise of the language model’s loss on held-out item texts: how much of the language fine-tuning has cost.',
  cold: 'Targets that never occur in training. Only their text can help.',
  arm: 'One variant of the training objective. All arms see the same batches from the same start.',
  lora: 'Low-rank adapters beside frozen weights: W x + (α/r)·B(A x).',
  zeroShot: 'Frozen text features without training: cosine with the mean of the last five items.',
  probe: 'A held-out history whose attention is recorded; the same ones for every arm and step.',
} as const;

export type TermId = keyof typeof TERMS;
