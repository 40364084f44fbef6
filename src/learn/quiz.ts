/**
 * Ten items, asked before and after the lessons, each about one misconception. Scored on the device; the CSV
 * has no names. Pure.
 */
import { message } from '../words/words';
import type { Table } from '../charts/export/table';
import { say, type LessonWords } from './words';

export interface QuizItem {
  readonly id: string;
  /** The misconception that often leads to a wrong answer. */
  readonly misconception: string;
  readonly asks: LessonWords;
  readonly options: readonly LessonWords[];
  /** Index of the correct option, counted from 0. */
  readonly right: number;
  readonly because: LessonWords;
}

export const QUIZ: readonly QuizItem[] = [
  {
    id: 'sink-bad',
    misconception: message('A sink is always bad.'),
    asks: say('In a pre-trained model most heads put much weight on the first token, [BOS]. What follows?'),
    options: [
      say('The model is damaged.'),
      say('Nothing bad: heads rest weight there that they do not need.'),
      say('The first token is the most important word.'),
    ],
    right: 1,
    because: say('Softmax must put its weight somewhere. On [BOS] it does no harm.'),
  },
  {
    id: 'last-item',
    misconception: message('Every bright column is a sink.'),
    asks: say('The last item of a history has a high mean incoming weight. Is it a sink?'),
    options: [say('Yes.'), say('It cannot be told: hardly any row sees it.'), say('Yes, if it was clicked often.')],
    right: 1,
    because: say('A mean over hardly any row says nothing about all queries.'),
  },
  {
    id: 'one-seed',
    misconception: message('One seed is evidence.'),
    asks: say(
      'One run with one seed: arm B ranks better than arm A, and the interval over users leaves zero out. What is shown?',
    ),
    options: [say('B is the better method.'), say('This model of B ranks better than this model of A.'), say('Nothing at all.')],
    right: 1,
    because: say('The interval covers the choice of users, not that another seed gives another model.'),
  },
  {
    id: 'loss-rank',
    misconception: message('Lower loss is better ranking.'),
    asks: say('Arm A ends with a lower training loss than arm B. Which ranks better for test users?'),
    options: [say('A.'), say('B.'), say('The loss does not tell.')],
    right: 2,
    because: say('Training loss is about training batches. Ranks of test users must be measured.'),
  },
  {
    id: 'same-rate',
    misconception: message('The same settings for all are a fair comparison.'),
    asks: say('Both arms are trained at the same learning rate. Is the comparison fair?'),
    options: [
      say('Yes: nothing else differs.'),
      say('Not necessarily: the rate may suit one of them.'),
      say('Yes, if it is the rate of the paper.'),
    ],
    right: 1,
    because: say('Compare each arm at its own best rate, chosen on validation targets.'),
  },
  {
    id: 'control',
    misconception: message('An effect of a method is an effect of its idea.'),
    asks: say(
      'A loss on the right item’s text protects the model. A loss on random items’ texts does nearly as much. What follows?',
    ),
    options: [
      say('The right text is the cause.'),
      say('Most of the effect comes from training on text as such.'),
      say('The experiment is broken.'),
    ],
    right: 1,
    because: say('The control has all but the right text, and keeps most of the effect.'),
  },
  {
    id: 'holds-zero',
    misconception: message('Not distinguishable means equal.'),
    asks: say('The interval of a difference holds zero. What may be written?'),
    options: [say('The arms are equal.'), say('These runs do not decide between them.'), say('The difference is zero.')],
    right: 1,
    because: say('The interval also holds other values, up to its ends.'),
  },
  {
    id: 'one-number',
    misconception: message('A better mean is better everywhere.'),
    asks: say('After fine-tuning, ranking improves over all targets. For items of departments that were closed in training it …'),
    options: [
      say('… improves as well.'),
      say('… stays as it was.'),
      say('… must be measured by itself: it may have become worse.'),
    ],
    right: 2,
    because: say('Fine-tuning can distort what generalised. A mean hides it.'),
  },
  {
    id: 'blind',
    misconception: message('A measure that finds nothing shows that nothing is there.'),
    asks: say('A probe reads nothing out of an embedding. What do you need before you conclude?'),
    options: [
      say('A case in which the probe is known to have something to find.'),
      say('A second probe of the same kind.'),
      say('Nothing: it is not there.'),
    ],
    right: 0,
    because: say('Without a positive control a blind measure looks the same as an empty embedding.'),
  },
  {
    id: 'baseline',
    misconception: message('A large model needs no simple baseline.'),
    asks: say('A fine-tuned language model beats the untrained one. Is it a good recommender?'),
    options: [say('Yes.'), say('Compare with counting methods such as item-kNN first.'), say('Yes, if it also writes well.')],
    right: 1,
    because: say('Counting who took what together is hard to beat where there are many clicks.'),
  },
];

export type QuizAnswers = readonly (number | null)[];

/** Number of correct items. */
export function scoreOf(answers: QuizAnswers): number {
  return QUIZ.filter(({ right }, i) => answers[i] === right).length;
}

/** Misconceptions of the items that were not correct. */
export function missed(answers: QuizAnswers): readonly QuizItem[] {
  return QUIZ.filter(({ right }, i) => answers[i] !== right);
}

/** One row per item: what was chosen before and after, and whether it was correct. No name, no time. */
export function quizTable(before: QuizAnswers | null, after: QuizAnswers | null): Table {
  const cells = (answers: QuizAnswers | null, i: number): (number | null)[] => {
    const chosen = answers?.[i] ?? null;
    return [chosen === null ? null : chosen + 1, answers === null ? null : Number(chosen === QUIZ[i]!.right)];
  };
  return {
    columns: ['item', 'misconception', 'before: option', 'before: right', 'after: option', 'after: right'],
    rows: QUIZ.map(({ id, misconception }, i) => [id, misconception, ...cells(before, i), ...cells(after, i)]),
  };
}
