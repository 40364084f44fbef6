/** How long, on how many users, and with which optimiser. */
import { t } from '../../words/words';
import { FIELD } from '../fieldMark';
import { z } from 'zod';
import { choices, WORDS } from '../words';

const trainingFields = z.object({
  steps: z.number().int().min(1).max(100_000).default(562).register(WORDS, { label: 'Steps' }),
  batchSize: z.number().int().min(1).max(1024).default(16).register(WORDS, { label: 'Users per step' }),
  crop: choices({ random: 'anywhere', whole: 'at the last training event' }).default('whole').register(WORDS, {
    label: 'Training histories end',
    hint: 'At a random event, drawn again for each epoch; or at the last training event, so that every event is predicted. Histories longer than the maximum then end at a random event that still gives them full length.',
    stated: true,
  }),
  textShare: z.number().positive().max(16).default(1).register(WORDS, {
    label: 'Texts per user',
    hint: 'L_gen and L_rec read so many texts of each of a step’s users. 1: the target’s. Below 1: that of this share of the users, at least one: less time, and an unbiased estimate of the same losses with more noise. Above 1: also those of items drawn from the history, each read after what precedes it; each takes about as long as the first, and no more memory.',
    stated: true,
  }),
  checkpoint: z.boolean().default(false).register(WORDS, {
    label: 'Activation checkpointing',
    hint: 'Stores only the inputs of blocks and recomputes each block in the backward pass: less memory, more time, the same result.',
  }),
  accumulate: z.number().int().min(1).max(1024).default(1).register(WORDS, {
    label: 'Micro-batches per step',
    hint: 'Gradients are summed before the single update: more micro-batches take less memory and more time; the result is the same. Must divide the users per step.',
  }),
  cacheMegabytes: z.number().int().min(0).max(16_384).default(0).register(WORDS, {
    label: 'Cache of frozen layers',
    unit: 'MB',
    hint: 'GPU memory for the hidden states of histories below the first adapted layer, computed once for all arms and epochs; the result is the same. 0 switches it off.',
  }),
  learningRate: z.number().positive().default(5e-4).register(WORDS, { label: 'Learning rate' }),
  warmupSteps: z.number().int().min(0).default(20).register(WORDS, { label: 'Warm-up steps' }),
  decay: choices({ linear: 'linear', cosine: 'cosine' }).default('cosine').register(WORDS, {
    label: 'Learning-rate decay',
    hint: 'How the rate falls from its peak to the final one.',
    stated: true,
  }),
  finalLearningRateShare: z.number().min(0).max(1).default(0.1).register(WORDS, {
    label: 'Final learning rate',
    hint: 'As a share of the peak.',
  }),
  beta1: z.number().min(0).lt(1).default(0.9).register(WORDS, { label: 'Adam β₁' }),
  beta2: z.number().min(0).lt(1).default(0.999).register(WORDS, { label: 'Adam β₂' }),
  epsilon: z.number().positive().default(1e-8).register(WORDS, { label: 'Adam ε' }),
  weightDecay: z.number().min(0).default(0.01).register(WORDS, { label: 'Weight decay' }),
  clipNorm: z.number().min(0).default(1).register(WORDS, {
    label: 'Gradient clipping',
    hint: 'Largest global norm of the gradient; 0 switches clipping off.',
  }),
});
export const trainingSchema = trainingFields.refine(({ batchSize, accumulate }) => batchSize % accumulate === 0, {
  path: ['accumulate'],
  error: () => t('{field} must divide the users per step: micro-batches are all of one size.', { field: FIELD }),
});
export type TrainingSpec = z.infer<typeof trainingSchema>;
