/** Where the GPU time of an arm's training steps went: means over the steps that were profiled. */
import { z } from 'zod';

export const profileRowSchema = z.object({
  /** Part of the step, outermost first: `reconstruction`, `decoder forward`, `layer 2`. */
  path: z.array(z.string()),
  kernel: z.string(),
  /** A step. */
  dispatches: z.number(),
  /** Milliseconds on the GPU, a step. */
  ms: z.number(),
  /** Floating-point operations a step, counted for matrix products alone: 2·M·N·K each. */
  flops: z.number(),
});
export type ProfileRow = z.infer<typeof profileRowSchema>;

export const profileSchema = z.object({
  /** Profiled steps. */
  steps: z.number().int(),
  /** Milliseconds a step takes from call to result, with profiling; the rows' sum is what of it the GPU computed. */
  wallMs: z.number(),
  gpuMs: z.number(),
  /** Step of the adapter's clock in milliseconds. Shorter passes are right on average only. */
  resolutionMs: z.number(),
  /** In the order of a step. */
  rows: z.array(profileRowSchema),
});
export type Profile = z.infer<typeof profileSchema>;
