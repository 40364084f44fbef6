/** The trained part of the language model: low-rank adapters beside its frozen weights. */
import { z } from 'zod';
import { choices, WORDS } from '../words';
import { PATH, singleLine } from '../texts';

/**
 * The seven projections of a Llama-style block that LoRA can adapt, in the order in which a block applies
 * them.
 */
export const PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
export type Projection = (typeof PROJECTIONS)[number];

const projectionSchema = choices({
  q_proj: 'q',
  k_proj: 'k',
  v_proj: 'v',
  o_proj: 'o',
  gate_proj: 'gate',
  up_proj: 'up',
  down_proj: 'down',
} satisfies Record<Projection, string>);

export const loraSchema = z.object({
  rank: z.number().int().min(1).max(64).default(8).register(WORDS, { label: 'LoRA rank' }),
  alpha: z.number().positive().default(16).register(WORDS, { label: 'LoRA α', hint: 'The update is scaled by α / rank.' }),
  targets: z
    .array(projectionSchema)
    .min(1)
    .default([...PROJECTIONS])
    .register(WORDS, { label: 'Adapted projections' }),
  firstLayer: z.number().int().min(0).default(0).register(WORDS, {
    label: 'First adapted layer',
    hint: 'Counted from 0. The layers below stay as they were pre-trained.',
  }),
  /** `folder@hash`. */
  start: singleLine(PATH).min(1).nullable().default(null).register(WORDS, {
    label: 'Starting adapter',
    hint: 'The adapter that every arm starts from, by its name; without one LoRA starts at zero.',
  }),
  trainInputs: z.boolean().default(true).register(WORDS, {
    label: 'Train the input vectors',
    hint: 'W_in and the vectors [EMB], [QUERY], [ITEM]. Without them, gradients stop at the first adapted layer, which saves time and memory.',
  }),
});
export type LoraSpec = z.infer<typeof loraSchema>;
