/** Arms: what differs between the models of one experiment. */
import { t } from '../../words/words';
import { FIELD } from '../fieldMark';
import { z } from 'zod';
import { choices, WORDS } from '../words';
import { singleLine, verbatim } from '../texts';

export const armSchema = z.object({
  /** Unique within an experiment; `action` and `karma` are the two arms of the default one. */
  id: verbatim(100)
    .min(1)
    .regex(/^(?!\.+$)[a-z0-9+_.-]+$/, {
      error: () => t('{field} must consist of lower-case letters, digits, and + _ . -.', { field: FIELD }),
    })
    .register(WORDS, { label: 'ID' }),
  label: singleLine().min(1).register(WORDS, { label: 'Label' }),
  lambdaGen: z
    .number()
    .min(0)
    .default(0)
    .register(WORDS, { label: 'λ_gen', hint: 'Weight of generating the target’s text from the history.' }),
  lambdaRec: z
    .number()
    .min(0)
    .default(0)
    .register(WORDS, { label: 'λ_rec', hint: 'Weight of reconstructing the target’s text from the interest embedding h alone.' }),
  lambdaItem: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_item',
    hint: 'Weight of reconstructing an item’s text from its own embedding e alone, for items drawn from the whole catalogue.',
  }),
  lambdaImg: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_img',
    hint: 'Weight of reconstructing the next item’s picture, its visual features v, by flow matching. Items need visual features.',
  }),
  lambdaKl: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_kl',
    hint: 'Weight of keeping next-token distributions on item texts as they are in the base model: the plain cure for forgetting.',
  }),
  lambdaReplay: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_replay',
    hint: 'Weight of the language model’s loss on texts of its domain, none of which domain drift is measured on: the cheap cure for forgetting.',
  }),
  lambdaL2: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_l2',
    hint: 'Weight of the squared distance of the adapted weights from the pre-trained ones: a large number, so 0.01 is a usual weight.',
  }),
  lambdaEnt: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_ent',
    hint: 'Weight of keeping attention spread out: what every head’s entropy, row by row, lacks of its maximum.',
  }),
  lambdaZ: z.number().min(0).default(0).register(WORDS, {
    label: 'λ_z',
    hint: 'Weight of the square of the log normaliser of the action loss’s softmax, which keeps scores from growing: against instabilities at high learning rates. 1e-4 is a usual weight; not with the pairwise loss.',
  }),
  sinkToken: z.boolean().default(false).register(WORDS, {
    label: 'Sink token',
    hint: 'A trained vector after [BOS], which attention can rest on instead of on items. Attention maps leave it out: what a row lacks to 1 rests on it.',
  }),
  imageContext: choices({ interest: 'h', history: 'the history’s mean hidden state' }).default('interest').register(WORDS, {
    label: 'L_img reads',
    hint: 'What the picture is reconstructed from: the interest embedding h, or the mean of the hidden states at the history’s items.',
  }),
  imageLoss: choices({ flow: 'flow matching', mse: 'regression' }).default('flow').register(WORDS, {
    label: 'L_img by',
    hint: 'Regression is the plain control: v itself is predicted, by its mean square error.',
  }),
  shuffle: choices({
    none: 'nothing',
    text: 'texts',
    picture: 'pictures',
    'text+picture': 'texts and pictures',
    target: 'targets of the action loss',
  })
    .default('none')
    .register(WORDS, {
      label: 'Shuffled',
      hint: 'A control: text losses are given the text of a random item, or L_img its picture; or the items that L_act predicts are permuted within the batch, so that there is nothing to learn.',
    }),
  learningRate: z.number().positive().optional().register(WORDS, { label: 'Learning rate' }),
  warmupSteps: z.number().int().min(0).optional().register(WORDS, { label: 'Warm-up steps' }),
  beta2: z.number().min(0).lt(1).optional().register(WORDS, { label: 'Adam β₂' }),
  updates: z.number().int().min(1).max(16).default(1).register(WORDS, {
    label: 'Updates per step',
    hint: 'A control of compute: more than 1 for an arm that takes less time, such as 4 for Action beside KARMA. It learns from that many batches per step, the common one first, and is compared with the others after the same step.',
  }),
  rank: z.number().int().min(1).max(64).optional().register(WORDS, { label: 'LoRA rank' }),
  firstLayer: z.number().int().min(0).optional().register(WORDS, {
    label: 'First adapted layer',
    hint: 'Counted from 0; from the model’s number of layers on, the language model stays unchanged.',
  }),
  /** How its heads started, if not as the recipe's: in records of earlier versions alone. */
  headStart: z.literal(['random', 'fitted', 'identity']).optional(),
});
export type ArmSpec = z.infer<typeof armSchema>;

/**
 * The first adapted layer of an arm that adapts none: beyond the last of any model. It is shown as `none`.
 */
export const NO_LAYER = 999;

/** `shuffle` in place of the two switches that it was, which older recipes, records and links have. */
function withShuffle(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const { shuffledText, shuffledImages, ...arm } = given as Readonly<Record<string, unknown>>;
  if (shuffledText === undefined && shuffledImages === undefined) return given;
  const shuffled = [...(shuffledText === true ? ['text'] : []), ...(shuffledImages === true ? ['picture'] : [])];
  return { shuffle: shuffled.join('+') || 'none', ...arm };
}

/** An arm as a file or link has it. */
export const writtenArmSchema = z.preprocess(withShuffle, armSchema);

/** Whether the arm's texts are those of random items. */
export function shufflesText({ shuffle }: Pick<ArmSpec, 'shuffle'>): boolean {
  return shuffle === 'text' || shuffle === 'text+picture';
}

/** Whether the arm's pictures are those of random items. */
export function shufflesPictures({ shuffle }: Pick<ArmSpec, 'shuffle'>): boolean {
  return shuffle === 'picture' || shuffle === 'text+picture';
}

export const DEFAULT_ARMS: readonly ArmSpec[] = [
  armSchema.parse({ id: 'action', label: 'Action' }),
  armSchema.parse({ id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3 }),
];

export const armsSchema = z
  .array(writtenArmSchema)
  .min(1)
  .max(8)
  .refine((arms) => new Set(arms.map((arm) => arm.id)).size === arms.length, {
    error: () => t('{field} must have different IDs.', { field: FIELD }),
  })
  .default([...DEFAULT_ARMS])
  .register(WORDS, { label: 'Arms', each: 'arm' });
