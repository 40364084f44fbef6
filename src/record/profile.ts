/** Where the GPU time of an arm's training steps went: means over the profiled steps. */
import { z } from 'zod';
import { cutLine } from '../recipe/texts';

export const profileRowSchema = z.object({
  /** Part of the step, outermost first: `reconstruction`, `decoder forward`, `layer 2`. */
  path: z.array(cutLine()),
  kernel: cutLine(),
  /** Per step. */
  dispatches: z.number(),
  /** Milliseconds on the GPU per step. */
  ms: z.number(),
  /** Floating-point operations per step, counted only for matrix products: 2·M·N·K each. */
  flops: z.number(),
});
export type ProfileRow = z.infer<typeof profileRowSchema>;

export const profileSchema = z.object({
  /** Number of profiled steps. */
  steps: z.number().int(),
  /** Milliseconds per step from call to result, with profiling; `gpuMs` is the sum of the rows. */
  wallMs: z.number(),
  gpuMs: z.number(),
  /** Resolution of the adapter's clock in milliseconds. Shorter passes are correct only on average. */
  resolutionMs: z.number(),
  /**
   * Whether the tiles of the matrix products were timed on the adapter, or are a preset of its kind; their
   * names are in those of the kernels.
   */
  tiles: z.enum(['timed', 'preset']).optional(),
  /** In the order of a step. */
  rows: z.array(profileRowSchema),
});
export type Profile = z.infer<typeof profileSchema>;
