/** Short definitions for newcomers, shown on hover and on focus. Those of measures are in their entries. */
import { ENTRIES, RANKING_ENTRIES, type MeasureId, type RankingMeasureId } from '../../measures/entries';
import { definitionAt } from '../../measures/measures';

const CONCEPTS = {
  history: 'The items that a user interacted with before the one to predict, oldest first.',
  interest:
    'h_t: the LLM’s output vector at [EMB], after the history. Items are ranked by the similarity of their embeddings to it.',
  negative: 'An item that was not the next one; the action loss pushes its score below the target’s.',
  pool: 'Candidate pool: candidates drawn once for each target, or given by the log’s files, among which it is ranked instead of the whole catalogue. Numbers are higher than over the catalogue, depend on where the pool comes from, and may order models differently.',
  sink: 'A position that draws attention from nearly every query row, whatever the query. Here: mean incoming attention above ε.',
  decodable: 'Whether the text of the next item can be generated from the interest embedding alone.',
  plane: 'The two directions in which the item embeddings differ most before training. All arms and steps are drawn in it.',
  spectrum:
    'Singular values of the centred embeddings, largest first: a curve that falls fast means that few directions carry all the variance.',
  js: 'How similar the 50 best items are to the target, as an overlap of sets: of neighbours in the space of frozen features, or of words.',
  cold: 'Targets that never occur in training. Only their text can help.',
  arm: 'One variant of the training objective. All arms see the same batches from the same start.',
  lora: 'Low-rank adapters beside frozen weights: W x + (α/r)·B(A x).',
  zeroShot: 'Frozen text features without training: cosine with the mean of the last five items.',
  probe: 'A held-out history whose attention is recorded; the same ones for every arm and step.',
} as const;

export type TermId = keyof typeof CONCEPTS | MeasureId | RankingMeasureId;

const MEASURES = [...ENTRIES, ...RANKING_ENTRIES].map((one): [string, string] => [one.id, definitionAt(one, 'K')]);

export const TERMS = { ...Object.fromEntries(MEASURES), ...CONCEPTS } as Readonly<Record<TermId, string>>;
