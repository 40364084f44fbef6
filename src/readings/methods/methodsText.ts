/**
 * The Methods page. A: the paper's abstract says so. R: a reader's transcription of the full paper. O: our
 * own choice.
 */
import { ACTION_LOSSES } from '../../engine/losses/actionLosses';
import type { Tag } from '../../recipe/tag';
import { message, t } from '../../words/words';

export const PAPER_NOTE = message(
  'After KARMA (arXiv 2603.22779, 2026). This page reimplements the idea at a size that a browser can train; it does not reproduce the paper’s numbers, and no result here is tuned to look like them.',
);

export const TAGS: readonly { readonly tag: Tag; readonly meaning: string }[] = [
  { tag: 'A', meaning: message('stated in the paper’s abstract') },
  { tag: 'R', meaning: message('from a reader’s transcription of the full paper, consistent with the abstract') },
  { tag: 'O', meaning: message('our own choice, where we do not know the paper’s') },
];

export interface MethodSection {
  readonly title: string;
  readonly points: readonly { readonly tag: Tag; readonly text: string }[];
}

export const METHODS: readonly MethodSection[] = [
  {
    title: message('The claim'),
    points: [
      {
        tag: 'A',
        text: message(
          'An LLM fine-tuned only to predict the next item trades its pre-trained semantics for personal action: a knowledge–action gap. Its collapse shows as attention sinks.',
        ),
      },
      {
        tag: 'A',
        text: message(
          'KARMA optimises a next-interest embedding for retrieval and keeps it semantically decodable; decoding regularises training and is dropped at inference.',
        ),
      },
      {
        tag: 'R',
        text: message(
          'Collapse is worst where each item enters as one continuous token: attention turns into stripes at a few items, whatever the query row.',
        ),
      },
    ],
  },
  {
    title: message('Sequence'),
    points: [
      {
        tag: 'O',
        text: message(
          '[BOS], the items oldest first, query tokens where the log has them, then [EMB]. The target’s text follows [EMB], so the causal mask keeps it out of the interest embedding h.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'By default an item token is the mean token embedding of its title plus a projection of frozen LLM features that starts at zero: the base model’s map is then meaningful.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'What h is compared with, e, is a projection of the item’s features; or a free embedding of its ID, or both, for the content-versus-ID ablation.',
        ),
      },
    ],
  },
  {
    title: message('Objective'),
    points: [
      ...Object.entries(ACTION_LOSSES).map(([name, { words }]) => ({
        tag: words.tag,
        text: `L_act, ${name}: ${words.sentence(t(' and of items that were shown and not clicked'))}.`,
      })),
      { tag: 'O', text: message('The presets use full, the action loss that makes the action arm strongest here.') },
      {
        tag: 'A',
        text: message(
          'L_gen: the target’s text is generated after the history (idea of the abstract; the exact form is from the transcription, R).',
        ),
      },
      {
        tag: 'R',
        text: message(
          'L_rec: the text is reconstructed from h alone, with no stop-gradient on h (idea of the abstract). That this is a second pass of the same LLM with one soft token W_d·h is ours, O.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'L_item: the text of items drawn from the whole catalogue is reconstructed from their own embeddings e, which the other text losses never touch. Off unless an arm sets λ_item.',
        ),
      },
      {
        tag: 'R',
        text: message(
          'L_img: the next item’s frozen visual features are reconstructed from h or the history by a conditional diffusion or flow-matching loss. Flow matching by a small MLP, the history as the mean of its items’ hidden states, weight and features are ours, O. Off unless an arm sets λ_img; the sample store’s pictures are icons, mostly one for a whole category.',
        ),
      },
      {
        tag: 'O',
        text: message('λ = 0.3 for L_gen and L_rec in the presets. All terms are means, so λ is comparable across batch sizes.'),
      },
      {
        tag: 'O',
        text: message(
          'Control arms: shuffled text gives the text losses a random item’s text, to separate semantics from multi-task training; random targets permute within the batch what L_act predicts, so that what is lost is not the price of anything learned.',
        ),
      },
    ],
  },
  {
    title: message('Evaluation'),
    points: [
      {
        tag: 'O',
        text: message(
          'Leave-last-out in time order; ranking over the whole catalogue; a tied target takes the average rank of its ties, so that a collapsed model does not look good.',
        ),
      },
      {
        tag: 'A',
        text: message('The paper reports gains at three stages: hit rate in recall and in pre-ranking, AUC in ranking.'),
      },
      {
        tag: 'O',
        text: message(
          'Here they are protocols: HR@K over the whole catalogue, HR@K inside a pool of candidates that the log’s files give, or that is drawn once for each target and stored (“candidate pool” throughout), gAUC inside the list that was shown with a click.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'On request, a model of SASRec’s size that knows items by their IDs alone is trained on the same batches, to show whether the LLM helps. It is not the published SASRec: docs/metrics.md lists the differences.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'Sinks after Gu et al. (arXiv 2410.10781): importance α is the mean weight that a position gets from the rows that see it; a sink has α > ε.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'Barcode index, [EMB] entropy, RankMe (centred) and LM drift as defined under the figures. The base model stands beside the arms throughout.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'Decodability gain: NLL of the target’s text without h minus with h, of a probe decoder that is trained after the arms, in the same way on each. JS@50 in two readings, each named, because we could not read its definition.',
        ),
      },
      {
        tag: 'O',
        text: message(
          'Intervals over users are bootstrap intervals within one seed. The interval of a difference between arms is a t-interval over the users’ paired differences. One seed is not evidence.',
        ),
      },
    ],
  },
];
