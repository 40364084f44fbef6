/** Short definitions for newcomers, shown on hover and on focus. Those of measures are in their entries. */
import { message, t } from '../words/words';
import { ENTRIES, RANKING_ENTRIES, type MeasureId, type RankingMeasureId } from '../measures/entries';
import { definitionAt } from '../measures/measures';

const CONCEPTS = {
  history: message('The items that a user interacted with before the one to predict, oldest first.'),
  interest: message(
    'h_t: the LLM’s output vector at [EMB], after the history. Items are ranked by the similarity of their embeddings to it.',
  ),
  negative: message('An item that was not the next one; the action loss pushes its score below the target’s.'),
  pool: message(
    'Candidate pool: candidates drawn once for each target, or given by the log’s files, among which it is ranked instead of the whole catalogue. Numbers are higher than over the catalogue, depend on where the pool comes from, and may order models differently.',
  ),
  sink: message(
    'A position that draws attention from nearly every query row, whatever the query. Here: mean incoming attention above ε.',
  ),
  decodable: message('Whether the text of the next item can be generated from the interest embedding alone.'),
  plane: message(
    'The two directions in which the item embeddings differ most before training. All arms and steps are drawn in it.',
  ),
  spectrum: message(
    'Singular values of the centred embeddings, largest first: a curve that falls fast means that few directions carry all the variance.',
  ),
  js: message(
    'How similar the 50 best items are to the target, as an overlap of sets: of neighbours in the space of frozen features, or of words.',
  ),
  cold: message('Targets that never occur in training. Only their text can help.'),
  arm: message('One variant of the training objective. All arms see the same batches from the same start.'),
  lora: message('Low-rank adapters beside frozen weights: W x + (α/r)·B(A x).'),
  start: message(
    'What arms rank by before their first step, where that needs no language model: features by principal axes, with popularity.',
  ),
  zeroShot: message('Frozen text features without training: cosine with the mean of the last five items.'),
  tfidf: message('Words of the item texts without training: cosine of TF-IDF weights, summed over the whole history.'),
  ease: message(
    'Linear weights between items that predict training users’ items best, in closed form, summed over the whole history.',
  ),
  probe: message('A held-out history whose attention is recorded; the same ones for every arm and step.'),
} as const;

export type GlossaryId = keyof typeof CONCEPTS | MeasureId | RankingMeasureId;

const MEASURES = new Map<string, (typeof ENTRIES)[number] | (typeof RANKING_ENTRIES)[number]>(
  [...ENTRIES, ...RANKING_ENTRIES].map((one) => [one.id, one]),
);

/** In the active language. */
export function definitionOf(id: GlossaryId): string {
  return id in CONCEPTS ? t(CONCEPTS[id as keyof typeof CONCEPTS]) : definitionAt(MEASURES.get(id)!, 'K');
}
